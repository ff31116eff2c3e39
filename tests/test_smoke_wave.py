
async def test_sign_in_works(site):
    c = await site.sign_in("penalolen-coordinator")
    r = await c.get("/es/penalolen/")
    assert r.status_code == 404
    r = await site.client.get("/es/sign-in/")
    assert r.status_code == 200
    assert 'href="/en/sign-in/"' in r.text

async def test_cast_sees(cast):
    from ogpmonitor.plans.queries import list_plans
    async with cast.at("penalolen", cast.coordinator) as s:
        assert [p.slug for p in await list_plans(s)] == ["2021-2024"]
    async with cast.at("penalolen", cast.neighbour) as s:
        assert [p.slug for p in await list_plans(s)] == []
