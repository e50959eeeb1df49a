package io.trivigil.web.prometheus;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.promql.Querier;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `/federate`: the newest sample of every series that is asked for, as exposition text.
final class Federation {
  private static final String EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";

  private record Sample(long timestampMs, double value) {}

  private final Backend backend;
  private final QueryRunner runner;
  private final InstantSource clock;

  Federation(Backend backend, QueryRunner runner, InstantSource clock) {
    this.backend = backend;
    this.runner = runner;
    this.clock = clock;
  }

  void addTo(Router router) {
    router.on("GET", "/federate", this::federate);
  }

  private Answer federate(Request request) throws InterruptedException {
    List<List<Matcher>> selectors = LabelApi.selectors(request.params());
    Labels external =
        backend
            .configuration()
            .map(config -> config.prometheus().global().externalLabels())
            .orElse(Labels.EMPTY);
    long nowMs = clock.millis();
    long fromMs = nowMs - backend.engine().options().lookback().toMillis() + 1;
    Map<Labels, Sample> newest = runner.read(querier -> newest(querier, selectors, fromMs, nowMs));
    return Answer.text(200, EXPOSITION, text(newest, external));
  }

  private static Map<Labels, Sample> newest(
      Querier querier, List<List<Matcher>> selectors, long fromMs, long toMs) {
    Querier.Hints hints = new Querier.Hints(fromMs, toMs, 0, 0, "");
    SampleBuffer buffer = new SampleBuffer(1);
    Map<Labels, Sample> newest = new TreeMap<>();
    for (List<Matcher> matchers : selectors) {
      for (Querier.Series series : querier.select(hints, matchers)) {
        buffer.clear();
        series.readLast(fromMs, toMs, buffer);
        // Native histograms have no form in text.
        if (!buffer.isEmpty() && !buffer.hasHistograms() && !Staleness.isMarker(buffer.value(0))) {
          newest.put(series.labels(), new Sample(buffer.timestampMs(0), buffer.value(0)));
        }
      }
    }
    return newest;
  }

  private static String text(Map<Labels, Sample> newest, Labels external) {
    // The name is `__name__`, which sorts by bytes among the labels; families must stand together.
    Map<String, Map<Labels, Sample>> families = new TreeMap<>(io.trivigil.model.Utf8Order::compare);
    newest.forEach(
        (labels, sample) ->
            families
                .computeIfAbsent(labels.metricName(), _ -> new TreeMap<>())
                .put(labels.dropName(), sample));
    StringBuilder out = new StringBuilder();
    families.forEach(
        (name, samples) -> {
          out.append("# TYPE ").append(name).append(" untyped\n");
          samples.forEach((labels, sample) -> line(out, name, labels, external, sample));
        });
    return out.toString();
  }

  private static void line(
      StringBuilder out, String name, Labels labels, Labels external, Sample sample) {
    out.append(name).append('{');
    Labels.Builder all = labels.toBuilder();
    external.forEach(
        (label, value) -> {
          if (!all.has(label)) {
            all.set(label, value);
          }
        });
    boolean instance = all.has("instance");
    String separator = "";
    for (String label : all.names()) {
      out.append(separator).append(label).append('=').append('"').append(escaped(all.get(label)));
      out.append('"');
      separator = ",";
    }
    if (!instance) {
      out.append(separator).append("instance=\"\"");
    }
    out.append("} ").append(FloatFormat.general(sample.value())).append(' ');
    out.append(sample.timestampMs()).append('\n');
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
