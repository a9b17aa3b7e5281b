import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  MappingType,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PanelBuilder as Heatmap,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { bars, buckets, byAccount, coloured, DATASOURCE, stackedByAccount, timeSeries } from './panels.js';
import * as query from './queries.js';

/** Of docs/dashboards/opentelemetry-databricks-sql.json. */
export function dashboard(): Dashboard {
  const builder = new DashboardBuilder('Databricks SQL: where the time goes')
    .uid('otel-databricks-sql')
    .description(
      'Metrics of opentelemetry-databricks-sql: the driver’s statements by account of time, its operations, and the export to Databricks.',
    )
    .tags(['databricks', 'opentelemetry'])
    .timezone('browser')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .annotations([])
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  for (const [name, label, of] of [
    ['job', 'Job', 'job'],
    ['host', 'Workspace', 'server_address'],
    ['namespace', 'Catalog and schema', 'db_namespace'],
  ] as const) {
    builder.withVariable(choice(name, label, of));
  }
  addStatements(builder);
  addOperations(builder);
  addExport(builder);
  return builder.build();
}

/** As Grafana imports it. */
export function dashboardJson(): string {
  return `${JSON.stringify(dashboard(), undefined, 2)}\n`;
}

function choice(name: string, label: string, of: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query.labelValues(of))
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });
}

function addStatements(builder: DashboardBuilder): void {
  builder
    .withRow(new RowBuilder('Where the time of statements went').id(1))
    .withPanel(
      stackedByAccount(
        {
          id: 2,
          title: 'Time by account',
          description:
            'Seconds of statements per second: as many statements as were open at once, by what they waited for. A statement counts when it ends.',
          unit: 's',
          width: 12,
        },
        query.TIME_BY_ACCOUNT,
      ),
    )
    .withPanel(
      stackedByAccount(
        {
          id: 3,
          title: 'Mean time per statement, by account',
          description: 'The accounts sum to the mean duration of a statement’s span.',
          unit: 's',
          width: 12,
        },
        query.MEAN_TIME,
      ),
    )
    .withPanel(
      coloured(
        bars(
          {
            id: 4,
            title: 'Share of each account',
            description: 'Of all time of statements in the range. docs/slow-queries.md says what to do.',
            unit: 'percentunit',
            width: 12,
          },
          query.TIME_SHARE,
          '{{databricks_time_account}}',
        ).max(1),
      ),
    )
    .withPanel(
      byAccount(
        {
          id: 5,
          title: '95th percentile, by account',
          description: 'Of the time of an account in single statements. As coarse as the buckets.',
          unit: 's',
          width: 12,
        },
        query.SLOWEST_TIME,
      ),
    );
}

function addOperations(builder: DashboardBuilder): void {
  builder
    .withRow(new RowBuilder('Operations').id(6))
    .withPanel(
      timeSeries(
        {
          id: 7,
          title: 'Operations per second',
          description: 'Statements, metadata calls, sessions.',
          unit: 'ops',
          width: 8,
        },
        [query.OPERATIONS_PER_SECOND, 'operations'],
      ),
    )
    .withPanel(
      timeSeries(
        {
          id: 8,
          title: 'Duration until the answer',
          description: 'db.client.operation.duration: failures included, as coarse as the buckets.',
          unit: 's',
          width: 8,
        },
        [query.quantile(0.5), 'median'],
        [query.quantile(0.95), '95th percentile'],
        [query.quantile(0.99), '99th percentile'],
      ),
    )
    .withPanel(
      new Heatmap()
        .id(9)
        .title('Durations')
        .description('How many operations took how long.')
        .datasource(DATASOURCE)
        .span(8)
        .height(8)
        .calculate(false)
        .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Blues').steps(64))
        .yAxis(new YAxisConfigBuilder().unit('s'))
        .unit('short')
        .withTarget(buckets(query.DURATIONS)),
    )
    .withPanel(
      timeSeries(
        {
          id: 10,
          title: 'Failed share',
          description: 'Operations with an error.type, of all.',
          unit: 'percentunit',
          width: 12,
        },
        [query.FAILED_SHARE, 'failed'],
      ),
    )
    .withPanel(
      timeSeries(
        {
          id: 11,
          title: 'Failures per second, by error',
          description: 'error.type: a SQLSTATE, an HTTP status, a code, or a class.',
          unit: 'ops',
          width: 12,
        },
        [query.FAILURES, '{{error_type}}'],
      ),
    )
    .withPanel(
      bars(
        {
          id: 12,
          title: 'Most time, by statement',
          description: 'The ten summaries that took the most time together in the range.',
          unit: 's',
          width: 12,
        },
        query.TIME_BY_SUMMARY,
        '{{db_query_summary}}',
      ),
    )
    .withPanel(
      bars(
        {
          id: 13,
          title: 'Slowest on average, by statement',
          description: 'The ten summaries with the largest mean duration in the range.',
          unit: 's',
          width: 12,
        },
        query.MEAN_BY_SUMMARY,
        '{{db_query_summary}}',
      ),
    );
}

function addExport(builder: DashboardBuilder): void {
  builder
    .withRow(new RowBuilder('Export to Databricks').id(14))
    .withPanel(
      timeSeries(
        {
          id: 15,
          title: 'Records per second',
          description: 'Sent, and dropped by reason. docs/metrics.md says which reasons are losses.',
          unit: 'ops',
          width: 8,
        },
        [query.SENT, 'sent'],
        [query.DROPPED, 'dropped: {{error_type}}'],
      ),
    )
    .withPanel(
      timeSeries(
        {
          id: 16,
          title: 'Records at the endpoint, per second',
          description: 'Accepted, or with the reason why not.',
          unit: 'ops',
          width: 8,
        },
        [query.ACCEPTED, 'accepted'],
        [query.NOT_ACCEPTED, '{{error_type}}'],
      ),
    )
    .withPanel(
      timeSeries(
        {
          id: 17,
          title: 'Export requests per second, by outcome',
          description: 'An HTTP status or an error code. Retries count.',
          unit: 'reqps',
          width: 8,
        },
        [query.EXPORT_REQUESTS, '{{databricks_telemetry_outcome}}'],
      ),
    )
    .withPanel(
      timeSeries(
        {
          id: 18,
          title: 'Queue fill',
          description: 'Records that wait, of those that may wait. At 100 % the oldest are dropped.',
          unit: 'percentunit',
          width: 8,
        },
        [query.QUEUE_FILL, '{{job}} {{instance}}'],
      ),
    )
    .withPanel(
      timeSeries(
        {
          id: 19,
          title: 'Records that wait, and in requests',
          description: 'Over all processes that are chosen above.',
          unit: 'short',
          width: 8,
        },
        [query.WAITING, 'waiting'],
        [query.IN_FLIGHT, 'in requests'],
      ),
    )
    .withPanel(
      timeSeries(
        {
          id: 20,
          title: 'Time since the breaker was last closed',
          description: '0 while it is closed. Records are kept for 15 minutes.',
          unit: 's',
          width: 8,
        },
        [query.BREAKER_OPEN, '{{server_address}}'],
      ),
    )
    .withPanel(breakerState())
    .withPanel(
      bars(
        {
          id: 22,
          title: 'Requests for the feature flag',
          description: 'Since the processes started, by outcome.',
          unit: 'short',
          width: 8,
        },
        query.FLAG_FETCHES,
        '{{databricks_telemetry_outcome}}',
      ),
    )
    .withPanel(
      bars(
        {
          id: 23,
          title: 'Connections',
          description: 'Since the processes started, by what the gate and the limits decided.',
          unit: 'short',
          width: 8,
        },
        query.CONNECTIONS,
        '{{databricks_telemetry_outcome}}',
      ),
    );
}

function breakerState(): StateTimeline {
  return new StateTimeline()
    .id(21)
    .title('Circuit breaker')
    .description('By workspace; the worst of its processes.')
    .datasource(DATASOURCE)
    .span(8)
    .height(8)
    .mappings([
      {
        type: MappingType.ValueToText,
        options: {
          '0': { text: 'closed', color: 'green', index: 0 },
          '1': { text: 'half-open', color: 'yellow', index: 1 },
          '2': { text: 'open', color: 'red', index: 2 },
        },
      },
    ])
    .withTarget(
      new DataqueryBuilder().expr(query.BREAKER_STATE).legendFormat('{{server_address}}').range().refId('A'),
    );
}
