package io.trivigil.web.prometheus;

import io.trivigil.model.Exemplar;
import io.trivigil.model.FloatFormat;
import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.engine.Query;
import io.trivigil.promql.plan.PlanNode;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.AtHand;
import io.trivigil.web.http.Departure;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Practice;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.http.Times;
import io.trivigil.web.json.JsonWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;

/// `query`, `query_range`, `explain`, `format_query`, `parse_query`.
final class QueryApi {
  private static final String TRUNCATED = "results truncated due to limit";
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d+");

  private final Backend backend;
  private final QueryRunner runner;
  private final QueryLog log;
  private final InstantSource clock;

  QueryApi(Backend backend, QueryRunner runner, QueryLog log, InstantSource clock) {
    this.backend = backend;
    this.runner = runner;
    this.log = log;
    this.clock = clock;
  }

  void addTo(Router router, Api api) {
    router.on("GET,POST", "/api/v1/query", api.wrapAtHand(this::instant));
    router.on("GET,POST", "/api/v1/query_range", api.wrapAtHand(this::range));
    router.on("GET,POST", "/api/v1/explain", api.wrap(this::explain));
    router.on("GET,POST", "/api/v1/format_query", api.wrap(this::format));
    router.on("GET,POST", "/api/v1/parse_query", api.wrap(this::tree));
    router.on("GET,POST", "/api/v1/query_exemplars", api.wrap(this::exemplars));
  }

  private Api.Data instant(Request request) throws InterruptedException {
    Params params = request.params();
    int limit = limit(params);
    long timeMs = Times.param(params, "time", clock.millis());
    Duration timeout = timeout(params);
    Query query = instantQuery(params, timeMs);
    Result result =
        logged(request, timeMs, timeMs, 0, () -> runner.run(query, timeout, wantsStats(params)));
    return answer(result, limit, params);
  }

  /// Runs a query, and writes it into the query log.
  private Result logged(
      Request request, long startMs, long endMs, long stepMs, Departure.Work<Result> run)
      throws InterruptedException {
    if (Practice.isOn() || !log.isOn()) {
      return run.run();
    }
    AtHand.refuse(); // a line is written
    String query = request.params().first("query");
    try {
      Result result = run.run();
      log.write(
          new QueryLog.Entry(
              request, query, startMs, endMs, stepMs, Optional.of(result.stats()), ""));
      return result;
    } catch (QueryException | ApiException e) {
      String error = String.valueOf(e.getMessage());
      log.write(
          new QueryLog.Entry(request, query, startMs, endMs, stepMs, Optional.empty(), error));
      throw e;
    }
  }

  private Api.Data range(Request request) throws InterruptedException {
    Params params = request.params();
    int limit = limit(params);
    Steps steps = Steps.of(params);
    Duration timeout = timeout(params);
    Query query = rangeQuery(params, steps);
    Result result =
        logged(
            request,
            steps.startMs,
            steps.endMs,
            steps.stepMs,
            () -> runner.run(query, timeout, wantsStats(params)));
    return answer(result, limit, params);
  }

  /// When a range query looks, by its parameters.
  private record Steps(long startMs, long endMs, long stepMs) {
    static Steps of(Params params) {
      long startMs = Times.requiredParam(params, "start");
      long endMs = Times.requiredParam(params, "end");
      if (endMs < startMs) {
        throw ApiException.badParam("end", "end timestamp must not be before start time");
      }
      if (params.first("step").isEmpty()) {
        throw ApiException.badParam("step", "cannot parse \"\" to a valid duration");
      }
      long stepMs = Times.durationParam(params, "step", 0);
      if (stepMs <= 0) {
        throw ApiException.badParam(
            "step",
            "zero or negative query resolution step widths are not accepted. Try a positive"
                + " integer");
      }
      return new Steps(startMs, endMs, stepMs);
    }
  }

  private Query rangeQuery(Params params, Steps steps) {
    long lookbackMs = lookbackMs(params);
    Expr expr = parse(params);
    try {
      Query query =
          backend
              .engine()
              .range(expr, params.first("query"), steps.startMs, steps.endMs, steps.stepMs);
      return withLookback(query, lookbackMs);
    } catch (QueryException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith("invalid expression type")
          ? ApiException.badParam("query", message)
          : e;
    }
  }

  private Query instantQuery(Params params, long timeMs) {
    long lookbackMs = lookbackMs(params);
    Query query = backend.engine().instant(parse(params), params.first("query"), timeMs);
    return withLookback(query, lookbackMs);
  }

  /// Runs a query, of one moment or of a range where `start` says so, and tells what its parts
  /// cost.
  private Api.Data explain(Request request) throws InterruptedException {
    Params params = request.params();
    boolean range = !params.first("start").isEmpty();
    Duration timeout = timeout(params);
    Query query =
        range
            ? rangeQuery(params, Steps.of(params))
            : instantQuery(params, Times.param(params, "time", clock.millis()));
    PlanNode.Explained explained = runner.run(query::explain, timeout, QueryRunner.isHeavy(query));
    return new Api.Data(
        json -> PlanJson.write(json, explained),
        explained.result().warnings(),
        explained.result().infos());
  }

  private Api.Data exemplars(Request request) {
    Params params = request.params();
    long startMs = Times.param(params, "start", Times.MIN_MS);
    long endMs = Times.param(params, "end", Times.MAX_MS);
    if (endMs < startMs) {
      throw ApiException.badData("end timestamp must not be before start timestamp");
    }
    List<List<Matcher>> selectors = backend.engine().parse(params.first("query")).selectors();
    SortedMap<Labels, List<Exemplar>> found =
        selectors.isEmpty()
            ? Collections.emptySortedMap()
            : backend.exemplars(selectors, startMs, endMs);
    return Api.Data.of(
        json -> {
          json.beginArray();
          found.forEach((series, all) -> exemplars(json, series, all));
          json.endArray();
        });
  }

  private static void exemplars(JsonWriter json, Labels series, List<Exemplar> all) {
    json.beginObject().field("seriesLabels", series).name("exemplars").beginArray();
    for (Exemplar exemplar : all) {
      json.beginObject().field("labels", exemplar.labels());
      json.field("value", FloatFormat.api(exemplar.value())).name("timestamp");
      json.seconds(exemplar.timestampMs()).endObject();
    }
    json.endArray().endObject();
  }

  private Api.Data format(Request request) {
    String text = parse(request.params()).pretty();
    return Api.Data.of(json -> json.value(text));
  }

  private Api.Data tree(Request request) {
    Expr expr = parse(request.params());
    return Api.Data.of(json -> ExprJson.write(json, expr));
  }

  private Expr parse(Params params) {
    try {
      return backend.engine().parse(params.first("query"));
    } catch (QueryException e) {
      throw ApiException.badParam("query", String.valueOf(e.getMessage()));
    }
  }

  /// How many results are wanted; 0 for all.
  ///
  /// @throws ApiException if `limit` is no such number
  static int limit(Params params) {
    String text = params.first("limit");
    if (text.isEmpty()) {
      return 0;
    }
    try {
      long limit = Long.parseLong(text);
      if (limit < 0) {
        throw ApiException.badParam("limit", "limit must be non-negative");
      }
      return Math.toIntExact(Math.min(limit, Integer.MAX_VALUE));
    } catch (NumberFormatException _) {
      String why = INTEGER.matcher(text).matches() ? "value out of range" : "invalid syntax";
      throw ApiException.badParam(
          "limit", "strconv.Atoi: parsing %s: %s".formatted(Names.quote(text), why));
    }
  }

  private Duration timeout(Params params) {
    long most = backend.engine().options().timeout().toMillis();
    long wantedMs = Times.durationParam(params, "timeout", most);
    if (wantedMs <= 0) {
      throw new ApiException(ApiException.Type.TIMEOUT, "query timed out in query execution");
    }
    return Duration.ofMillis(Math.min(most, wantedMs));
  }

  private static long lookbackMs(Params params) {
    String text = params.first("lookback_delta");
    try {
      return text.isEmpty() ? 0 : Times.parseDurationMs(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.badData("error parsing lookback delta duration: " + e.getMessage());
    }
  }

  private static Query withLookback(Query query, long lookbackMs) {
    return lookbackMs > 0 ? query.withLookbackMs(lookbackMs) : query;
  }

  private static Api.Data answer(Result result, int limit, Params params) {
    List<String> warnings = new ArrayList<>(result.warnings());
    int size =
        switch (result) {
          case Result.VectorResult vector -> vector.series().size();
          case Result.MatrixResult matrix -> matrix.series().size();
          case Result.ScalarResult _, Result.StringResult _ -> 0;
        };
    int shown = limit > 0 ? Math.min(limit, size) : size;
    if (shown < size) {
      warnings.add(TRUNCATED);
    }
    String asked = params.first("stats");
    boolean stats = wantsStats(params);
    boolean perStep = asked.equals("all");
    if (stats && !asked.equals("true") && !asked.equals("all")) {
      warnings.add(
          "value %s for parameter \"stats\" is deprecated and will be rejected in the next major release, use \"true\" or \"all\""
              .formatted(Names.quote(asked)));
    }
    return new Api.Data(
        json -> write(json, result, shown, stats, perStep), warnings, result.infos());
  }

  private static boolean wantsStats(Params params) {
    return !params.first("stats").isEmpty();
  }

  private static void write(
      JsonWriter json, Result result, int shown, boolean stats, boolean perStep) {
    json.beginObject().field("resultType", result.type()).name("result");
    switch (result) {
      case Result.ScalarResult scalar -> json.sample(scalar.timestampMs(), scalar.value());
      case Result.StringResult string ->
          json.beginArray().seconds(string.timestampMs()).value(string.value()).endArray();
      case Result.VectorResult vector -> {
        json.beginArray();
        vector.series().subList(0, shown).forEach(series -> instant(json, series));
        json.endArray();
      }
      case Result.MatrixResult matrix -> {
        json.beginArray();
        matrix.series().subList(0, shown).forEach(series -> range(json, series));
        json.endArray();
      }
    }
    if (stats) {
      StatsJson.write(json.name("stats"), result.stats(), perStep);
    }
    json.endObject();
  }

  private static void instant(JsonWriter json, ResultSeries series) {
    json.beginObject().field("metric", series.labels());
    if (series.isHistogram(0)) {
      json.name("histogram");
      histogram(json, series.timestampMs(0), series.histogram(0).orElseThrow());
    } else {
      json.name("value").sample(series.timestampMs(0), series.value(0));
    }
    json.endObject();
  }

  private static void range(JsonWriter json, ResultSeries series) {
    json.beginObject().field("metric", series.labels());
    boolean open = false;
    boolean histograms = false;
    for (int i = 0; i < series.size(); i++) {
      if (series.isHistogram(i)) {
        histograms = true;
      } else {
        if (!open) {
          json.name("values").beginArray();
          open = true;
        }
        json.sample(series.timestampMs(i), series.value(i));
      }
    }
    if (open) {
      json.endArray();
      open = false;
    }
    for (int i = 0; histograms && i < series.size(); i++) {
      if (series.isHistogram(i)) {
        if (!open) {
          json.name("histograms").beginArray();
          open = true;
        }
        histogram(json, series.timestampMs(i), series.histogram(i).orElseThrow());
      }
    }
    if (open) {
      json.endArray();
    }
    json.endObject();
  }

  private static void histogram(JsonWriter json, long timestampMs, FloatHistogram histogram) {
    json.beginArray().seconds(timestampMs).beginObject();
    json.field("count", FloatFormat.api(histogram.count()));
    json.field("sum", FloatFormat.api(histogram.sum()));
    boolean open = false;
    for (HistogramBuckets.Bucket bucket : HistogramBuckets.of(histogram)) {
      if (!open) {
        json.name("buckets").beginArray();
        open = true;
      }
      json.beginArray()
          .value(bucket.rule())
          .value(FloatFormat.api(bucket.lower()))
          .value(FloatFormat.api(bucket.upper()))
          .value(FloatFormat.api(bucket.count()))
          .endArray();
    }
    if (open) {
      json.endArray();
    }
    json.endObject().endArray();
  }
}
