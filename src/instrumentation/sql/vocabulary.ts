// The words of Databricks SQL that a summary is made from. An operation's name is put together from these and
// nothing else, so that it has few values.

/** First words of statements that read. */
export const QUERY_VERBS = words('SELECT WITH VALUES TABLE FROM SHOW DESCRIBE DESC EXPLAIN MAP REDUCE');

/** First words of statements that change data. */
export const UPDATE_VERBS = words('INSERT UPDATE DELETE MERGE COPY TRUNCATE LOAD');

/** Statements whose name is their first word, and whose targets follow clause words such as FROM and INTO. */
export const DATA_VERBS = words('SELECT INSERT MERGE DELETE UPDATE VALUES TABLE FROM EXPLAIN');

/** Statements that name no object, or none that could be told. */
export const PLAIN_VERBS = words('COMMIT ROLLBACK RESET DECLARE PUT GET REMOVE LIST LOAD ADD KILL GENERATE');

/** Statements about one object: a verb, often the kind of the object, and its name. */
export const OBJECT_VERBS = words(
  'CREATE ALTER DROP UNDROP COMMENT CLEAR ANALYZE TRUNCATE MSCK FSCK REPAIR SYNC USE SET CALL EXECUTE',
);

/** The same, where a name without a kind is a table's. */
export const TABLE_VERBS = words(
  'OPTIMIZE VACUUM CACHE UNCACHE REFRESH RESTORE REORG DESCRIBE DESC CONVERT COPY',
);

/** The same, where it is a schema's or a procedure's. */
export const OTHER_VERBS = words('USE CALL');

export const PRIVILEGE_VERBS = words('GRANT REVOKE DENY');

/** Kinds of objects that hold rows. */
export const TABLE_KINDS = words('TABLE VIEW HISTORY DETAIL');

/** Kinds of objects that have a name of their own. */
export const NAMED_KINDS = words(
  'SCHEMA DATABASE CATALOG FUNCTION PROCEDURE VOLUME SHARE CONNECTION LOCATION CREDENTIAL INDEX POLICY SERVER MODEL',
);

/** Kinds whose name may be a person's, or that have none: the operation is all there is to say. */
export const NAMELESS_KINDS = words('USER GROUP ROLE RECIPIENT PROVIDER QUERY CACHE IMMEDIATE');

/** Words that belong to the operation's name and stand before the kind of the object. */
export const KIND_PREFIXES = words(
  'MATERIALIZED STREAMING EXTERNAL FOREIGN STORAGE SERVICE REPAIR ON TO INTO DELTA',
);

/** What SHOW can show. */
export const SHOW_WORDS = words(
  'TABLES TABLE EXTENDED VIEWS VIEW SCHEMAS DATABASES CATALOGS COLUMNS FUNCTIONS PROCEDURES PARTITIONS CREATE ' +
    'TBLPROPERTIES GRANTS GRANT VOLUMES SHARES RECIPIENTS PROVIDERS CONNECTIONS EXTERNAL LOCATIONS STORAGE ' +
    'SERVICE CREDENTIALS GROUPS USERS CURRENT SCHEMA USER SYSTEM ALL DROPPED MATERIALIZED STREAMING FUNCTION',
);

/** Words between a verb, or the kind of an object, and its name, that say nothing about the operation. */
export const FILLERS = words(
  'OR REPLACE REFRESH TEMPORARY TEMP GLOBAL LAZY PRIVATE IF NOT EXISTS EXTENDED FORMATTED SYNC',
);

/** Words that may stand before the name of a table. */
export const BEFORE_TABLE = words('TABLE STREAM LATERAL ONLY');

/** Words that cannot be the name of a target: the clause goes on without one. */
export const NO_TARGET = words(
  'SELECT VALUES WITH FROM WHERE SET DIRECTORY LOCAL LIKE AS ON IN TO USING IS FOR WHEN LIMIT ORDER GROUP COMPUTE ' +
    'ANY METASTORE',
);

/** What a word means within a statement. */
export type Clause =
  | 'query'
  | 'data'
  | 'from'
  | 'join'
  | 'with'
  | 'into'
  | 'using'
  | 'like'
  | 'view'
  | 'after'
  | 'block';

/** `after` ends the list of tables behind FROM: a comma after it separates something else. */
export const CLAUSES: ReadonlyMap<string, Clause> = new Map([
  ...meaning('query', 'SELECT'),
  ...meaning('data', 'INSERT MERGE DELETE UPDATE VALUES TABLE'),
  ...meaning('from', 'FROM'),
  ...meaning('join', 'JOIN'),
  ...meaning('with', 'WITH'),
  ...meaning('into', 'INTO OVERWRITE'),
  ...meaning('using', 'USING'),
  ...meaning('like', 'LIKE CLONE'),
  ...meaning('view', 'VIEW'),
  ...meaning('after', 'WHERE GROUP ORDER HAVING LIMIT OFFSET UNION INTERSECT EXCEPT MINUS WINDOW QUALIFY'),
  ...meaning('after', 'SORT CLUSTER DISTRIBUTE SET WHEN'),
  ...meaning('block', 'BEGIN THEN ELSE DO LOOP REPEAT'),
]);

/** Words between EXPLAIN or BEGIN and the statement. */
export const BEFORE_STATEMENT = words('EXTENDED CODEGEN COST FORMATTED LOGICAL NOT ATOMIC TRANSACTION');

function meaning(clause: Clause, list: string): [string, Clause][] {
  return list.split(' ').map((word) => [word, clause]);
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}
