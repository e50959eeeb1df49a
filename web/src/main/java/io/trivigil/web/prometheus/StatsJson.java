package io.trivigil.web.prometheus;

import io.trivigil.promql.QueryStats;
import io.trivigil.web.json.JsonWriter;

/// What a query cost, as Prometheus tells it.
final class StatsJson {
  private StatsJson() {}

  static void write(JsonWriter json, QueryStats stats) {
    double seconds = stats.elapsedNanos() / 1e9;
    json.beginObject().name("timings").beginObject();
    json.field("evalTotalTime", seconds)
        .field("resultSortTime", 0)
        .field("queryPreparationTime", 0)
        .field("innerEvalTime", seconds)
        .field("execQueueTime", 0)
        .field("execTotalTime", seconds)
        .endObject();
    json.name("samples")
        .beginObject()
        .field("totalQueryableSamples", stats.samplesRead())
        .field("samplesRead", stats.samplesRead())
        .field("peakSamples", stats.peakSamples())
        .field("peakBytes", stats.peakBytes())
        .endObject()
        .endObject();
  }
}
