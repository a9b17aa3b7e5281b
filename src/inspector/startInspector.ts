import { type HasLocalRule, LOCAL_RULE, OBSERVATION, type Observation } from '../observer.js';
import type { ObservedStats } from './observed.js';
import { readPageFiles } from './pageFiles.js';
import { PageServer } from './pageServer.js';
import { ProcessorSource, type Subject } from './processorSource.js';

/** Options of `startInspector`. */
export interface InspectorOptions {
  /** TCP port on the loopback interface. Default 0: any that is free. */
  readonly port?: number;
  /**
   * What `exportLocal` returned: the page then shows what it keeps from your backend. Default: the page shows
   * every tag of the span as your backend's.
   */
  readonly local?: object;
}

/** A page that shows what a processor does. */
export interface Inspector {
  /** The page's address. Who knows it can read the page: it has a random token in it. */
  readonly url: string;
  /** Tells the open pages that nothing more comes, and stops serving them. Never rejects. */
  close(): Promise<void>;
}

/** A `DatabricksSpanProcessor`, by what the inspector needs of it. */
export interface InspectedProcessor {
  stats(): object;
}

const MAX_PORT = 65_535;

/**
 * Serves a page on the loopback interface that shows, for this program, each tag with where it went and why,
 * and the exact bytes that left. It reads only, records only while the page is open or until it has 500
 * operations or 8 MiB, and never keeps the process alive.
 *
 * @param processor a `DatabricksSpanProcessor`; one inspector each
 * @throws TypeError if the processor or an option is not what it must be
 * @throws Error if the port is taken, the processor has an inspector already, or the page's files are missing
 *   because the application was bundled
 */
export async function startInspector(
  processor: InspectedProcessor,
  options: InspectorOptions = {},
): Promise<Inspector> {
  const port = checkedPort(options);
  const observation = observationOf(processor);
  if (observation.hasInspector) {
    throw new Error('startInspector: this processor has an inspector already');
  }
  const files = readPageFiles();
  const subject: Subject = {
    observation,
    stats: () => processor.stats() as ObservedStats,
    localRule: localRuleOf(options.local),
  };
  let server: PageServer | undefined;
  const source = new ProcessorSource(subject, () => server?.noteChange());
  server = new PageServer(source, files);
  observation.hasInspector = true;
  const stop = (): void => {
    source.stop();
    observation.hasInspector = false;
  };
  try {
    const url = await server.listen(port);
    return {
      url,
      close: async () => {
        await server.close();
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}

const OPTIONS = ['port', 'local'];

function checkedPort(options: InspectorOptions): number {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`startInspector: the options are ${OPTIONS.join(' and ')}`);
  }
  const { port = 0 } = options;
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new TypeError(`startInspector: option 'port' must be an integer from 0 to ${MAX_PORT}`);
  }
  return port;
}

function localRuleOf(local: object | undefined): Subject['localRule'] {
  if (local === undefined) {
    return () => undefined;
  }
  const rule = (local as Partial<HasLocalRule> | null)?.[LOCAL_RULE];
  if (typeof rule !== 'function') {
    throw new TypeError("startInspector: option 'local' must be what exportLocal() returned");
  }
  return (tag) => rule.call(local, tag);
}

function observationOf(processor: InspectedProcessor): Observation {
  const observation = (processor as { readonly [OBSERVATION]?: unknown } | null | undefined)?.[OBSERVATION];
  // The class is another one if the application has loaded this package as ESM and as CommonJS.
  if (typeof observation !== 'object' || observation === null) {
    throw new TypeError('startInspector: the first argument must be a DatabricksSpanProcessor');
  }
  return observation as Observation;
}
