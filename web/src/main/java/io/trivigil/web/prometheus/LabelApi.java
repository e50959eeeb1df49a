package io.trivigil.web.prometheus;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.parse.Parser;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.http.Times;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/// `series`, `labels` and `label/<name>/values`.
final class LabelApi {
  private static final String TRUNCATED = "results truncated due to limit";

  private final QueryRunner runner;

  LabelApi(QueryRunner runner) {
    this.runner = runner;
  }

  void addTo(Router router, Api api) {
    router.on("GET,POST", "/api/v1/series", api.wrapAtHand(this::series));
    router.on("GET,POST", "/api/v1/labels", api.wrapAtHand(this::labels));
    router.on("GET", "/api/v1/label/{name}/values", api.wrapAtHand(this::values));
  }

  private record Range(long fromMs, long toMs) {
    static Range of(Params params) {
      long fromMs = Times.param(params, "start", Times.MIN_MS);
      long toMs = Times.param(params, "end", Times.MAX_MS);
      return new Range(fromMs, toMs);
    }
  }

  private Api.Data series(Request request) throws InterruptedException {
    Params params = request.params();
    if (!params.has("match[]")) {
      throw ApiException.badData("no match[] parameter provided");
    }
    int limit = QueryApi.limit(params);
    List<List<Matcher>> selectors;
    try {
      selectors = selectors(params);
    } catch (ApiException e) {
      throw ApiException.badParam("match[]", e.text());
    }
    Range range = Range.of(params);
    List<Labels> found =
        runner.read(
            querier -> {
              List<Labels> all = new ArrayList<>();
              Querier.Hints hints = new Querier.Hints(range.fromMs(), range.toMs(), 0, 0, "series");
              for (List<Matcher> matchers : selectors) {
                for (Querier.Series series : querier.select(hints, matchers)) {
                  all.add(series.labels());
                }
              }
              return sortedOnce(all);
            });
    List<Labels> shown = limit > 0 && limit < found.size() ? found.subList(0, limit) : found;
    return new Api.Data(
        json -> {
          json.beginArray();
          shown.forEach(json::labels);
          json.endArray();
        },
        shown.size() < found.size() ? List.of(TRUNCATED) : List.of(),
        List.of());
  }

  /// Sorted, and each once. Most are in order as they come.
  private static List<Labels> sortedOnce(List<Labels> all) {
    all.sort(Labels::compareTo); // null: half as much again, for casts to Comparable
    List<Labels> once = new ArrayList<>(all.size());
    for (Labels labels : all) {
      if (once.isEmpty() || once.getLast().compareTo(labels) != 0) {
        once.add(labels);
      }
    }
    return once;
  }

  private Api.Data labels(Request request) throws InterruptedException {
    Params params = request.params();
    int limit = QueryApi.limit(params);
    Range range = Range.of(params);
    return texts(
        limit,
        union(
            selectors(params),
            matchers -> querier -> querier.labelNames(range.fromMs(), range.toMs(), matchers)));
  }

  private Api.Data values(Request request) throws InterruptedException {
    Params params = request.params();
    String name = unescaped(request.named("name"));
    if (!Names.isUtf8Name(name)) {
      throw ApiException.badData("invalid label name: " + Names.quote(name));
    }
    int limit = QueryApi.limit(params);
    Range range = Range.of(params);
    return texts(
        limit,
        union(
            selectors(params),
            matchers ->
                querier -> querier.labelValues(name, range.fromMs(), range.toMs(), matchers)));
  }

  private Collection<String> union(
      List<List<Matcher>> selectors,
      Function<List<Matcher>, Function<Querier, List<String>>> reader)
      throws InterruptedException {
    if (selectors.size() <= 1) {
      return runner.read(reader.apply(selectors.isEmpty() ? List.of() : selectors.getFirst()));
    }
    return runner.read(
        querier -> {
          TreeSet<String> all = new TreeSet<>(io.trivigil.model.Utf8Order::compare);
          selectors.forEach(matchers -> all.addAll(reader.apply(matchers).apply(querier)));
          return all;
        });
  }

  private static Api.Data texts(int limit, Collection<String> found) {
    boolean cut = limit > 0 && found.size() > limit;
    List<String> shown = new ArrayList<>(found);
    List<String> kept = cut ? shown.subList(0, limit) : shown;
    return new Api.Data(json -> json.values(kept), cut ? List.of(TRUNCATED) : List.of(), List.of());
  }

  /// The selectors of `match[]`; what is wrong with one is said without the parameter's name.
  static List<List<Matcher>> selectors(Params params) {
    List<List<Matcher>> selectors = new ArrayList<>();
    for (String text : params.all("match[]")) {
      List<Matcher> matchers;
      try {
        matchers = Parser.parseMatchers(text);
      } catch (QueryException e) {
        throw new ApiException(ApiException.Type.BAD_DATA, String.valueOf(e.getMessage()), e);
      }
      if (matchers.stream().allMatch(Matcher::acceptsEmpty)) {
        throw ApiException.badData("match[] must contain at least one non-empty matcher");
      }
      selectors.add(matchers);
    }
    return selectors;
  }

  /// The matchers of one selector.
  static List<Matcher> matchers(String param, String selector) {
    try {
      return Parser.parseMatchers(selector);
    } catch (QueryException e) {
      throw ApiException.badParam(param, String.valueOf(e.getMessage()));
    }
  }

  /// A label's name behind the escape `U__`: `_hex_` is a character, `__` an underscore.
  static String unescaped(String name) {
    if (!name.startsWith("U__")) {
      return name;
    }
    StringBuilder out = new StringBuilder();
    String rest = name.substring(3);
    for (int i = 0; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (c != '_') {
        out.append(c);
        continue;
      }
      int end = rest.indexOf('_', i + 1);
      if (end == i + 1) {
        out.append('_');
      } else {
        try {
          out.appendCodePoint(Integer.parseInt(rest, i + 1, end < 0 ? i + 1 : end, 16));
        } catch (IllegalArgumentException _) {
          return name;
        }
      }
      i = end;
    }
    return out.toString();
  }
}
