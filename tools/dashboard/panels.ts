import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Dataquery as AnyQuery, Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  type DataSourceRef,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

/** Whatever Prometheus the user chooses above the dashboard. */
export const DATASOURCE: DataSourceRef = { type: 'prometheus', uid: '$datasource' };

/** As in the inspector, on a dark page: Grafana's default. */
const COLOURS: Readonly<Record<string, string>> = {
  queued: '#a58ff0',
  running: '#6aa3ff',
  fetching: '#4cc3ca',
  downloading: '#62c784',
  retrying: '#ff7f8f',
  driver: '#97a3b1',
  application: '#e5a94a',
  unseen: '#5b6673',
};

/** What every panel says of itself. */
export interface About {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  /** Of 24. */
  readonly width: number;
}

/** A query, and the name of its series. */
export type Line = readonly [expression: string, legend: string];

/** How it is now, or over the dashboard's range. */
export function instant(expression: string, legend: string): Builder<AnyQuery> {
  return new DataqueryBuilder().expr(expression).legendFormat(legend).instant().refId('A');
}

export function buckets(expression: string): Builder<AnyQuery> {
  return new DataqueryBuilder()
    .expr(expression)
    .legendFormat('{{le}}')
    .format(PromQueryFormat.Heatmap)
    .range()
    .refId('A');
}

export function timeSeries(about: About, ...lines: readonly Line[]): TimeSeries {
  const panel = new TimeSeries()
    .id(about.id)
    .title(about.title)
    .description(about.description)
    .datasource(DATASOURCE)
    .unit(about.unit)
    .min(0)
    .span(about.width)
    .height(8)
    .showPoints(VisibilityMode.Never)
    .fillOpacity(10)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  for (const [index, [expression, legend]] of lines.entries()) {
    panel.withTarget(
      new DataqueryBuilder()
        .expr(expression)
        .legendFormat(legend)
        .range()
        .refId(String.fromCharCode(65 + index)),
    );
  }
  return panel;
}

/** Time by account: stacked, each account in its colour. */
export function stackedByAccount(about: About, expression: string): TimeSeries {
  return byAccount(about, expression)
    .fillOpacity(60)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

export function byAccount(about: About, expression: string): TimeSeries {
  return coloured(timeSeries(about, [expression, '{{databricks_time_account}}']));
}

export function bars(about: About, expression: string, legend: string): BarGauge {
  return new BarGauge()
    .id(about.id)
    .title(about.title)
    .description(about.description)
    .datasource(DATASOURCE)
    .unit(about.unit)
    .min(0)
    .span(about.width)
    .height(8)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .withTarget(instant(expression, legend));
}

/** Gives the accounts their colours. */
export function coloured<Panel extends TimeSeries | BarGauge>(panel: Panel): Panel {
  for (const [account, fixedColor] of Object.entries(COLOURS)) {
    panel.overrideByName(account, [{ id: 'color', value: { mode: 'fixed', fixedColor } }]);
  }
  return panel;
}
