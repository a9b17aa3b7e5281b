import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hook } from 'require-in-the-middle';

const DRIVER = '@databricks/sql';

/** Called with the exports of a file of the driver, when it has just been loaded. */
export type OnDriverFile = (file: string, moduleExports: unknown, version: string | undefined) => void;

/**
 * Watches the driver being loaded. The driver is CommonJS, so its files come by `require`, also where an ES
 * module imports it, and whatever module hooks are registered beside: a hook of `import` is not needed.
 */
export class DriverHook {
  readonly #hook: Hook;
  #version: { readonly folder: string; readonly version: string | undefined } | undefined;

  constructor(onFile: OnDriverFile) {
    this.#hook = new Hook([DRIVER], { internals: true }, (moduleExports, name, folder) => {
      const file = name.replaceAll('\\', '/').slice(DRIVER.length + 1);
      if (file !== '' && folder !== undefined) {
        onFile(file, moduleExports, this.#versionIn(folder));
      }
      return moduleExports;
    });
  }

  unhook(): void {
    this.#hook.unhook();
  }

  /** Read once: the driver's files come one after the other from one folder. */
  #versionIn(folder: string): string | undefined {
    if (this.#version?.folder !== folder) {
      this.#version = { folder, version: readVersion(folder) };
    }
    return this.#version.version;
  }
}

function readVersion(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      readonly version?: unknown;
    };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
