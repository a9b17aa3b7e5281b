const {
  DATABRICKS_HOST,
  DATABRICKS_TOKEN_URL = `https://${DATABRICKS_HOST}/oidc/v1/token`,
  DATABRICKS_WORKSPACE_ID,
  DATABRICKS_CLIENT_ID,
  DATABRICKS_CLIENT_SECRET,
} = process.env;

/** A new one is fetched so long before the old one ends. */
const MARGIN_MS = 5 * 60_000;

/** @returns a function that gives a token of the service principal, for this table and nothing else */
export function tokenFor(table) {
  const [catalog, schema] = table.split('.');
  const privileges = [
    ['CATALOG', catalog, ['USE CATALOG']],
    ['SCHEMA', `${catalog}.${schema}`, ['USE SCHEMA']],
    ['TABLE', table, ['SELECT', 'MODIFY']],
  ].map(([objectType, path, names]) => ({
    type: 'unity_catalog_privileges',
    privileges: names,
    object_type: objectType,
    object_full_path: path,
  }));
  let token;
  let endsAt = 0;
  return async () => {
    if (Date.now() > endsAt - MARGIN_MS) {
      const response = await fetch(DATABRICKS_TOKEN_URL, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${DATABRICKS_CLIENT_ID}:${DATABRICKS_CLIENT_SECRET}`)}` },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope: 'all-apis',
          resource: `api://databricks/workspaces/${DATABRICKS_WORKSPACE_ID}/zerobusDirectWriteApi`,
          authorization_details: JSON.stringify(privileges),
        }),
      });
      if (!response.ok) {
        throw new Error(`no token for ${table}: HTTP ${response.status}`);
      }
      const { access_token, expires_in } = await response.json();
      token = access_token;
      endsAt = Date.now() + expires_in * 1_000;
    }
    return token;
  };
}
