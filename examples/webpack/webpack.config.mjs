export default {
  mode: 'production',
  target: 'node20',
  entry: './app.mjs',
  output: { path: `${import.meta.dirname}/dist`, filename: 'app.cjs' },
  // Names of classes are part of what the telemetry says of errors.
  optimization: { minimize: false },
  // What the driver has of native code, for several platforms. It does without.
  externalsType: 'commonjs',
  externals: [/^@databricks\/databricks-sql-kernel-/, 'lz4-napi'],
  // The driver, and packages that hook `require`, load modules by names that are known at run time only.
  ignoreWarnings: [{ module: /node_modules\/(?!opentelemetry-databricks-sql)/ }],
};
