// What Grafana 11.6 says a dashboard is: its published types, with the options of each kind of panel in place of
// "anything", and its enumerations as JSON writes them. Nothing may be there that they do not name.

import type {
  AnnotationQuery,
  Dashboard,
  DataQuery,
  DataSourceRef,
  FieldConfigSource,
  Panel,
  RowPanel,
  VariableModel,
} from "@grafana/schema";
import type * as bargauge from "@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen.js";
import type * as stat from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js";
import type * as timeline from "@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen.js";
import type * as timeseries from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js";

// A string enumeration is one of its strings, and a number is itself.
type Plain<T> = T extends string
  ? `${T}`
  : T extends (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> }
      : T;

// The fields that are named, without "and any other".
type Named<T> = { [Key in keyof T as string extends Key ? never : Key]: T[Key] };

type PrometheusQuery = Plain<Named<DataQuery>> & {
  datasource: DataSourceRef;
  expr: string;
  instant: boolean;
  legendFormat: string;
  range: boolean;
};

type Config<Custom> = Plain<Omit<FieldConfigSource, "defaults">> & {
  defaults: Plain<Omit<FieldConfigSource["defaults"], "custom">> & { custom?: Plain<Custom> };
};

type Drawn<Kind extends string, Options, Custom> = Plain<
  Omit<Panel, "type" | "options" | "fieldConfig" | "targets">
> & {
  type: Kind;
  options: Plain<Options>;
  fieldConfig: Config<Custom>;
  targets: PrometheusQuery[];
};

// Read by Grafana's Prometheus beside the fields of the schema: see packages/grafana-prometheus/src/annotations.ts.
type PrometheusAnnotation = Plain<AnnotationQuery> & { expr: string; step: string; titleFormat: string };

// The SDK writes the fields of interval variables for every variable; Grafana reads them for those alone.
type Variable = Plain<VariableModel> & { auto: boolean; auto_count: number; auto_min: string };

export type Checked = Plain<Omit<Dashboard, "panels" | "annotations" | "templating">> & {
  panels: (
    | Plain<RowPanel>
    | Drawn<"stat", stat.Options, never>
    | Drawn<"bargauge", bargauge.Options, never>
    | Drawn<"state-timeline", timeline.Options, timeline.FieldConfig>
    | Drawn<"timeseries", timeseries.Options, timeseries.FieldConfig>
  )[];
  annotations: { list: PrometheusAnnotation[] };
  templating: { list: Variable[] };
};
