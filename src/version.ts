/** This package's name: the instrumentation scope of its spans, and its product in `User-Agent`. */
export const INSTRUMENTATION_SCOPE = 'opentelemetry-databricks-sql';

/** This package's version. A test holds it against package.json. */
export const VERSION = '0.1.0';
