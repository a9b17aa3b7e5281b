import { DBSQLClient } from '@databricks/sql';
import queries from './queries.cjs';

await queries(DBSQLClient);
