const { DBSQLClient } = require('@databricks/sql');
const queries = require('./queries.cjs');

queries(DBSQLClient);
