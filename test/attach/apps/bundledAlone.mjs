// To be bundled with all that it imports: `register` has to be told that there is a driver.
import { DBSQLClient } from '@databricks/sql';
import { instrument } from 'opentelemetry-databricks-sql';
import queries from './queries.cjs';

queries(DBSQLClient, instrument);
