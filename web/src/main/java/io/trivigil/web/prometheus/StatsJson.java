package io.trivigil.web.prometheus;

import io.trivigil.promql.QueryStats;
import io.trivigil.promql.StepSamples;
import io.trivigil.web.json.JsonWriter;

/// What a query cost, as Prometheus tells it.
final class StatsJson {
  private StatsJson() {}

  static void write(JsonWriter json, QueryStats stats) {
    write(json, stats, false);
  }

  /// The same.
  ///
  /// @param perStep whether to tell of each step, where it was counted
  static void write(JsonWriter json, QueryStats stats, boolean perStep) {
    double seconds = stats.elapsedNanos() / 1e9;
    json.beginObject().name("timings").beginObject();
    json.field("evalTotalTime", seconds)
        .field("resultSortTime", 0)
        .field("queryPreparationTime", 0)
        .field("innerEvalTime", seconds)
        .field("execQueueTime", 0)
        .field("execTotalTime", seconds)
        .endObject();
    json.name("samples").beginObject();
    if (perStep) {
      stats.steps().ifPresent(steps -> write(json.name("totalQueryableSamplesPerStep"), steps));
    }
    long looked = stats.steps().map(StepSamples::total).orElse(stats.samplesRead());
    json.field("totalQueryableSamples", looked)
        .field("samplesRead", stats.samplesRead())
        .field("peakSamples", stats.peakSamples())
        .field("peakBytes", stats.peakBytes())
        .endObject()
        .endObject();
  }

  private static void write(JsonWriter json, StepSamples steps) {
    json.beginArray();
    for (int i = 0; i < steps.size(); i++) {
      json.beginArray().seconds(steps.timeMs(i)).value(steps.count(i)).endArray();
    }
    json.endArray();
  }
}
