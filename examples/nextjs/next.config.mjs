export default {
  // Left out of the bundle, so that the driver is found as it is loaded.
  serverExternalPackages: ['@databricks/sql', '@opentelemetry/sdk-node', 'opentelemetry-databricks-sql'],
};
