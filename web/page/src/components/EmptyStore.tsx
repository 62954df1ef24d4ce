/** What to do with a server that has no runs: three commands. */
export function EmptyStore() {
  const { origin } = location;
  return (
    <div class="hint">
      <h2>No runs yet</h2>
      <p>Watch small models being trained (a server with an empty data folder):</p>
      <pre>npx rungraph serve --demo</pre>
      <p>See the runs of an MLflow database that exists:</p>
      <pre>npx rungraph serve --attach mlflow=./mlflow.db</pre>
      <p>Log a run:</p>
      <pre>{`curl ${origin}/graphql -H 'content-type: application/json' \\
  -d '{"query":"mutation{createExperiment(input:{name:\\"first\\"}){experiment{id}}}"}'`}</pre>
    </div>
  );
}
