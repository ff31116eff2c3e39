// Comforts of the workbench. Every page works without this file.
(() => {
  "use strict";
})();
