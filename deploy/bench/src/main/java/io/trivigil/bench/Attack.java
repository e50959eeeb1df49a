package io.trivigil.bench;

import io.trivigil.lab.Http;
import java.util.List;
import java.util.regex.Pattern;

/// Queries that no server should have to bear, and what it may answer.
///
/// @param concurrency how many are asked at one time
/// @param once whether that many are asked once, else again and again
record Attack(String title, int concurrency, boolean once, List<Ask> asks) {
  private static final String ALL = "{__name__=~\".+\"}";
  private static final String SLOW = "503 timeout: query timed out in .*";
  private static final String MANY =
      "422 execution: query processing would load too many samples into memory in query execution.*";
  private static final String MEMORY =
      "422 execution: (query needs more memory than one query|the queries that run now need more"
          + " memory than all) may hold: limit=.*";
  private static final String DUPLICATES =
      "422 execution: .*found duplicate series for the match group.*";

  /// One request.
  ///
  /// @param path with parameters
  /// @param answers what the status, the kind of error and the error may be
  record Ask(String path, Pattern answers) {}

  /// All of them, over the hour before a moment, Unix seconds.
  static List<Attack> all(long end) {
    return List.of(
        new Attack(
            "50 million samples",
            2,
            false,
            List.of(
                range(ALL, end, 1, MANY, MEMORY, SLOW, "200"),
                range(
                    "sum by (instance, __name__) (" + ALL + ")", end, 1, MANY, MEMORY, SLOW, "200"),
                instant("count(last_over_time((" + ALL + ")[1d:1s]))", end, MANY, MEMORY, SLOW),
                instant("sum(last_over_time((" + ALL + " > 0)[1d:1s]))", end, MANY, MEMORY, SLOW),
                instant("count(last_over_time(" + ALL + "[1d]))", end, "200"))),
        new Attack(
            "cross joins",
            4,
            false,
            List.of(
                instant(ALL + " * on (job) " + ALL, end, DUPLICATES),
                instant("count(" + ALL + " * on (job) group_left () " + ALL + ")", end, DUPLICATES),
                range("count(" + ALL + " and on () " + ALL + ")", end, 60, "200", MANY, SLOW),
                instant("count(" + ALL + " or on (nothing) " + ALL + ")", end, "200"))),
        new Attack(
            "regex bombs",
            4,
            false,
            List.of(
                instant("count({__name__=~\"(.*)*(.*)*(.*)*(.*)*(.*)*x\"})", end, "200"),
                instant("count({__name__=~\".+\",instance=~\"(a+)+b|(.*0){20}b\"})", end, "200"),
                instant(
                    "{__name__=~\".+\",instance=~\"((((a{30}){30}){30}){30}){30}\"}",
                    end,
                    "400 bad_data: .*"),
                instant(
                    "count(label_replace(" + ALL + ", \"x\", \"$1\", \"instance\", \"((.*)*)*y\"))",
                    end,
                    "200"),
                new Ask(
                    "/api/v1/series?match[]="
                        + Http.encode("{__name__=~\".+\",instance=~\"(.*)*(.*)*(.*)*x\"}"),
                    Pattern.compile("200")))),
        new Attack(
            "100 heavy queries",
            100,
            true,
            List.of(
                heavy("sum by (instance) (last_over_time(" + ALL + "[5m]))", end),
                heavy(
                    "histogram_quantile(0.99, sum by (le, instance)"
                        + " (rate(http_request_duration_seconds_bucket[5m])))",
                    end),
                heavy("sum by (mode) (rate(node_cpu_seconds_total[30m]))", end),
                heavy("topk(10, last_over_time(" + ALL + "[10m]))", end),
                heavy(ALL, end))));
  }

  private static Ask heavy(String query, long end) {
    return range(query, end, 15, "200", MANY, MEMORY, SLOW);
  }

  private static Ask instant(String query, long end, String... answers) {
    return new Ask(
        "/api/v1/query?time=%d&query=%s".formatted(end, Http.encode(query)), any(answers));
  }

  private static Ask range(String query, long end, int step, String... answers) {
    return new Ask(
        "/api/v1/query_range?start=%d&end=%d&step=%d&query=%s"
            .formatted(end - 3_600, end, step, Http.encode(query)),
        any(answers));
  }

  private static Pattern any(String... answers) {
    return Pattern.compile("(?s)" + String.join("|", answers));
  }
}
