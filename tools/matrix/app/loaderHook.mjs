// The hook with which other instrumentations patch ESM: synchronous where Node.js has that, as the older one is
// deprecated there.
import * as module from 'node:module';

if (module.registerHooks === undefined) {
  module.register('import-in-the-middle/hook.mjs', import.meta.url);
} else {
  await import('import-in-the-middle/register-hooks.mjs');
}
