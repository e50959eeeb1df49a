package io.trivigil.web.prometheus;

import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.backend.Backend.Decided;
import io.trivigil.web.backend.Backend.Written;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.remote.RefusedWriteException;
import io.trivigil.web.remote.RemoteLimits;
import io.trivigil.web.remote.SeriesAliases;
import io.trivigil.web.remote.WriteRequestParser;
import io.trivigil.web.remote.WriteRequestParser.WriteRequest;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// `POST /api/v1/write`: remote write 1.0. Answers 204 only after the request was applied here.
final class WriteApi {
  private final Backend backend;
  private final WebOptions options;
  private final SeriesAliases known;
  private final WriteRequestParser parser;
  private final Metrics.Counter samples;
  private final Metrics.Counter leftOut;
  private final Metrics.Counter predicted;
  private final Metrics.Counter lookedUp;
  private final Metrics.Counter parsed;

  WriteApi(Backend backend, WebOptions options, RemoteLimits limits) {
    this.backend = backend;
    this.options = options;
    this.known = new SeriesAliases(limits.knownSeries(), limits.knownSeriesBytes());
    this.parser = new WriteRequestParser(limits, known);
    Metrics metrics = backend.metrics();
    this.samples =
        metrics.counter("trivigil_remote_write_samples_total", "Samples taken by remote write.");
    this.leftOut =
        metrics.counter(
            "trivigil_remote_write_left_out_total",
            "Native histograms of remote write that came before all members knew them.");
    metrics.gauge(
        "trivigil_remote_write_known_series", "Series known by their label bytes.", known::size);
    metrics.gauge(
        "trivigil_remote_write_known_series_bytes",
        "Memory of the table of known series, about.",
        known::bytes);
    metrics.gauge(
        "trivigil_remote_write_known_series_limit_bytes",
        "Limit of that memory.",
        limits::knownSeriesBytes);
    this.predicted = found(metrics, "predicted");
    this.lookedUp = found(metrics, "looked_up");
    this.parsed = found(metrics, "parsed");
  }

  private static Metrics.Counter found(Metrics metrics, String how) {
    return metrics.counter(
        "trivigil_remote_write_series_total",
        "Series of requests, by how they were found.",
        "how",
        how);
  }

  void addTo(Router router) {
    router.on("POST", "/api/v1/write", this::write);
  }

  private Answer write(Request request) throws InterruptedException {
    if (!options.remoteWrite()) {
      return Answer.text(
          404,
          "remote write receiver needs to be enabled with --web.enable-remote-write-receiver\n");
    }
    String type = request.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    if (type.contains("io.prometheus.write.v2.request")) {
      return Answer.text(415, "remote write 2.0 is not taken; send prometheus.WriteRequest\n");
    }
    String encoding =
        request
            .header("x-trivigil-content-encoding")
            .or(() -> request.header("content-encoding"))
            .orElse("snappy");
    if (!encoding.equals("snappy")) {
      return Answer.text(415, "unsupported encoding: %s; only snappy\n".formatted(encoding));
    }
    try {
      Proposed proposed = propose(request.body());
      WriteRequest read = proposed.read();
      Outcome outcome = outcome(proposed, request.body());
      if (outcome.answer().status() == 409) {
        // The forgotten series travel with labels now.
        outcome = outcome(propose(request.body()), request.body());
      }
      leftOut.add(read.leftOut());
      predicted.add(read.found().predicted());
      lookedUp.add(read.found().lookedUp());
      parsed.add(read.found().parsed());
      if (outcome.answer().status() == 409) {
        return unavailable("series changed while they were written");
      }
      return outcome.stored() && !read.beside().isEmpty()
          ? annotate(read, outcome.answer())
          : outcome.answer();
    } catch (RefusedWriteException e) {
      return Answer.text(400, e.getMessage() + "\n");
    }
  }

  /// A request whose samples are on their way.
  ///
  /// @param read without its batch, which is in other hands by now
  /// @param samples how many it had
  private record Proposed(WriteRequest read, int samples, CompletableFuture<Written> written) {}

  /// Reads a body and proposes its samples.
  private Proposed propose(byte[] body) throws RefusedWriteException {
    WriteRequest read = parser.parse(body, backend.takesHistograms());
    SampleBatch batch = read.batch();
    int samples = batch.size();
    CompletableFuture<Written> written =
        samples == 0
            ? CompletableFuture.completedFuture(new Written.Stored(List.of()))
            : backend.write(batch);
    parser.recycle(batch);
    return new Proposed(read, samples, written);
  }

  /// @param stored whether samples are stored, although perhaps not all
  private record Outcome(Answer answer, boolean stored) {
    static Outcome nothing(Answer answer) {
      return new Outcome(answer, false);
    }
  }

  private Outcome outcome(Proposed proposed, byte[] body)
      throws InterruptedException, RefusedWriteException {
    try {
      return switch (proposed.written().get()) {
        case Written.Stored(List<Long> refs) -> {
          learn(proposed, refs);
          samples.add(proposed.samples());
          yield new Outcome(Answer.empty(204), true);
        }
        case Written.Partly(List<Long> refs, String reason, int sample) -> {
          learn(proposed, refs);
          long missing = refs.stream().filter(ref -> ref == SampleBatch.NO_REF).count();
          samples.add((double) (proposed.samples() - missing));
          yield new Outcome(refused(reason, body, sample), true);
        }
        case Written.UnknownRefs(List<Long> refs) -> {
          known.forget(refs);
          yield Outcome.nothing(Answer.empty(409));
        }
        case Written.Refused(String reason, int sample) ->
            Outcome.nothing(refused(reason, body, sample));
        case Written.Unavailable(String reason) -> Outcome.nothing(unavailable(reason));
      };
    } catch (ExecutionException e) {
      throw new IllegalStateException("a write's future failed", e);
    }
  }

  private void learn(Proposed proposed, List<Long> refs) {
    known.learn(proposed.read().fresh(), refs);
    known.forgetGone(backend::isLive, backend.goneSeries());
  }

  private Answer refused(String reason, byte[] body, int sample) throws RefusedWriteException {
    return Answer.text(400, blame(reason, body, sample) + "\n");
  }

  private String blame(String reason, byte[] body, int sample) throws RefusedWriteException {
    return WriteRequestParser.blame(reason, body, sample, backend.takesHistograms());
  }

  /// After the samples: a sender that hears of a failure sends all of it again, which is no harm.
  private Answer annotate(WriteRequest request, Answer ofSamples) throws InterruptedException {
    return switch (backend.annotate(request.beside().exemplars(), request.beside().families())) {
      case Decided.Accepted _ -> ofSamples;
      case Decided.Refused(String reason) -> Answer.text(400, reason + "\n");
      case Decided.Unavailable(String reason) -> unavailable(reason);
    };
  }

  private static Answer unavailable(String reason) {
    return Answer.text(503, reason + "\n").with("Retry-After", "1");
  }
}
