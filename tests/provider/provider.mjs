// A real provider of OpenID Connect for tests: oidc-provider with a few invented accounts. Its configuration is the one
// argument, as JSON: issuer, port, clients, accounts (claims by login name). It says "listening" when it answers.
import { Provider } from "oidc-provider";

const told = JSON.parse(process.argv[2]);

const provider = new Provider(told.issuer, {
  clients: told.clients,
  claims: { openid: ["sub", "auth_time"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["not a secret: a test's"] },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  findAccount: (_context, login) =>
    told.accounts[login] && { accountId: login, claims: () => ({ sub: login, ...told.accounts[login] }) },
  // Nobody is asked what may be told of them: that page is not what is tested.
  async loadExistingGrant(context) {
    const grant = new context.oidc.provider.Grant({
      accountId: context.oidc.session.accountId,
      clientId: context.oidc.client.clientId,
    });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
});

provider.listen(told.port, "127.0.0.1", () => console.log("listening"));
