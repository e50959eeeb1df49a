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
                range(ALL, end, 1, MANY),
                range("sum by (instance, __name__) (" + ALL + ")", end, 1, MANY, SLOW, "200"),
                instant("max_over_time((" + ALL + " * 2)[1h:1s])", end, MANY, SLOW, "200"),
                instant("sum(count_over_time(" + ALL + "[1h:1s]))", end, MANY, SLOW, "200"))),
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
                range("sum by (instance) (rate(" + ALL + "[5m]))", end, 15, "200", MANY, SLOW),
                range(
                    "histogram_quantile(0.99, sum by (le, instance) (rate(" + ALL + "[5m])))",
                    end,
                    15,
                    "200",
                    MANY,
                    SLOW),
                range(
                    "topk(10, avg_over_time(" + ALL + "[10m]))",
                    end,
                    15,
                    "200",
                    MANY,
                    SLOW,
                    "422 execution: vector cannot contain metrics with the same labelset"),
                range(ALL, end, 15, "200", MANY, SLOW))));
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
