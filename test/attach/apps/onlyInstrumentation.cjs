// Somebody has forgotten to start an SDK.
const { DatabricksSqlInstrumentation } = require('opentelemetry-databricks-sql');

new DatabricksSqlInstrumentation();
require('./app.cjs');
