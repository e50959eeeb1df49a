package io.trivigil.web.server;

import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.NotAtHandException;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.AtHand;
import io.trivigil.web.http.Held;
import io.trivigil.web.http.Practice;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every request passes through: log-in, CORS, the limit of requests in flight, the route.
/// Thread-safe. The routes may be replaced once, when the node behind them stands.
public final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final double[] SECONDS = {.001, .005, .02, .1, .4, 1, 3, 8, 20, 60, 120};

  private volatile Router router;
  private volatile Optional<Practice> practice = Optional.empty();
  private final String prefix;
  private final Pattern corsOrigin;
  private final Logins logins;
  private final WebLimits limits;
  private final Semaphore inFlight;
  private volatile boolean stops;
  private final Metrics metrics;
  private final Metrics.Counter cutOff;
  private final Metrics.Counter atHand;
  private final Metrics.Histogram durations;
  private final Map<Integer, Metrics.Counter> byStatus =
      new ConcurrentHashMap<>(); // those there were
  private final LongSupplier nanoTicker;

  /// @param prefix what all paths begin with: empty, or `/prom` without a slash at the end
  /// @param corsOrigin origins that may read answers, anchored
  public Gateway(
      Router first,
      String prefix,
      Pattern corsOrigin,
      Logins logins,
      WebLimits limits,
      Metrics metrics,
      LongSupplier nanoTicker) {
    this.router = first;
    this.prefix = prefix;
    this.corsOrigin = corsOrigin;
    this.logins = logins;
    this.limits = limits;
    this.inFlight = new Semaphore(limits.maxConcurrent());
    this.metrics = metrics;
    this.nanoTicker = nanoTicker;
    metrics.gauge(
        "trivigil_http_requests_in_flight",
        "Requests that are being answered.",
        () -> (double) limits.maxConcurrent() - inFlight.availablePermits());
    metrics.gauge(
        "trivigil_http_requests_in_flight_max",
        "Requests that are answered at one time at most.",
        limits::maxConcurrent);
    metrics.gauge(
        "trivigil_http_answer_window_bytes",
        "How much of one answer waits in memory for its client.",
        limits::answerWindowBytes);
    metrics.gauge(
        "trivigil_http_answer_stall_max_seconds",
        "How long an answer waits for its client to take anything of it.",
        () -> limits.maxAnswerStall().toMillis() / 1e3);
    metrics.gauge(
        "trivigil_http_ready_wait_max_seconds",
        "How long the question whether a node is ready waits for yes while the node starts.",
        () -> limits.maxReadyWait().toMillis() / 1e3);
    this.durations =
        metrics.histogram(
            "prometheus_http_request_duration_seconds", "How long requests took.", SECONDS);
    this.atHand =
        metrics.counter(
            "trivigil_http_answers_at_hand_total",
            "Answers that were made on the event loop, because all they took was at hand.");
    this.cutOff =
        metrics.counter(
            "trivigil_http_answers_cut_off_total",
            "Answers that were cut off, because their client took no more or the rest failed.");
  }

  /// Serves these routes from now on.
  public void serve(Router routes) {
    router = routes;
  }

  /// Takes requests that carry this mark for the node's own from now on: they need no log-in, and
  /// are neither counted nor limited.
  public void admit(Practice own) {
    practice = Optional.of(own);
  }

  /// Refuses new requests from now on, and waits for those that are being answered.
  ///
  /// @return whether all were answered within `limit`
  boolean stop(Duration limit) {
    stops = true;
    try {
      return inFlight.tryAcquire(limits.maxConcurrent(), limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Whether new requests are refused, because the server stops.
  boolean stops() {
    return stops;
  }

  WebLimits limits() {
    return limits;
  }

  /// Answers one request, which is in flight until its answer has been written; never throws but
  /// for an interrupt, or as [AtHand] says.
  public Answer answer(Request request) throws InterruptedException {
    Optional<Practice> own = practice.filter(known -> known.covers(request));
    if (own.isPresent()) {
      return own.get().during(() -> routed(request));
    }
    if (!inFlight.tryAcquire()) {
      String why = stops ? "server stops\n" : "too many requests in flight\n";
      return Answer.text(503, why).with("Retry-After", "1");
    }
    Held.untilWritten(inFlight::release);
    long start = nanoTicker.getAsLong();
    Answer answer = withCors(request, checked(request));
    count(answer, start);
    return answer;
  }

  /// An answer was not written to its end.
  void cutOff() {
    cutOff.inc();
  }

  private void count(Answer answer, long start) {
    double seconds = (nanoTicker.getAsLong() - start) / (double) Duration.ofSeconds(1).toNanos();
    durations.observe(seconds);
    byStatus.computeIfAbsent(answer.status(), this::answered).inc();
    if (AtHand.isOn()) {
      atHand.inc();
    }
  }

  private Metrics.Counter answered(int status) {
    return metrics.counter(
        "prometheus_http_requests_total", "Answered requests.", "code", Integer.toString(status));
  }

  private Answer checked(Request request) throws InterruptedException {
    if (request.method().equals("OPTIONS")) {
      return Answer.empty(204);
    }
    if (request.header("authorization").isPresent()) {
      AtHand.refuse(); // a password takes a tenth of a second to check
    }
    if (!logins.allow(request.header("authorization").orElse(""))) {
      return Answer.text(401, "Unauthorized\n").with("WWW-Authenticate", "Basic");
    }
    return routed(request);
  }

  private Answer routed(Request request) throws InterruptedException {
    if (!request.path().startsWith(prefix)) {
      return request.path().equals("/") ? Answer.redirect(prefix + "/") : notFound();
    }
    String path = request.path().substring(prefix.length());
    if (path.isEmpty()) {
      return Answer.redirect(prefix + "/");
    }
    return switch (router.find(request.method(), path)) {
      case Router.Found.Match match -> handled(match, logins.named(request));
      case Router.Found.WrongMethod(var allowed) ->
          Answer.text(405, "Method Not Allowed\n").with("Allow", String.join(", ", allowed));
      case Router.Found.Nothing _ -> notFound();
    };
  }

  private static Answer handled(Router.Found.Match match, Request request)
      throws InterruptedException {
    if (!match.handler().knowsAtHand()) {
      AtHand.refuse();
    }
    try {
      return match.handler().handle(request.named(match.names()));
    } catch (ApiException e) {
      return Answer.text(e.type().status(), e.text() + "\n");
    } catch (NotAtHandException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("request failed path={}", request.path(), e);
      return Answer.text(500, "internal error, see the server's log\n");
    }
  }

  private static Answer notFound() {
    return Answer.text(404, "404 page not found\n");
  }

  private Answer withCors(Request request, Answer answer) {
    String origin = request.header("origin").orElse("");
    if (origin.isEmpty() || !corsOrigin.matcher(origin).matches()) {
      return answer;
    }
    Answer allowed = answer;
    for (List<String> header :
        List.of(
            List.of("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Origin"),
            List.of("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS"),
            List.of(
                "Access-Control-Allow-Origin", corsOrigin.pattern().equals(".*") ? "*" : origin),
            List.of("Access-Control-Expose-Headers", "Date"),
            List.of("Vary", "Origin"))) {
      allowed = allowed.with(header.get(0), header.get(1));
    }
    return allowed;
  }
}
