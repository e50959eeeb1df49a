package io.trivigil.web.cli;

import io.trivigil.model.Labels;
import io.trivigil.web.json.JsonValue;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trivigil query instant|range EXPR`.
@Command(
    name = "trivigil query",
    mixinStandardHelpOptions = true,
    description = "Asks a running node.")
final class QueryCommand implements Callable<Integer> {
  @Option(names = "--url", defaultValue = "http://127.0.0.1:9090", description = "Any node.")
  private String url = "";

  @Option(names = "--time", defaultValue = "", description = "When, for instant; default now.")
  private String time = "";

  @Option(names = "--start", defaultValue = "", description = "First time, for range.")
  private String start = "";

  @Option(names = "--end", defaultValue = "", description = "Last time, for range.")
  private String end = "";

  @Option(names = "--step", defaultValue = "15s", description = "Step, for range; default 15s.")
  private String step = "";

  @Parameters(index = "0", paramLabel = "instant|range")
  private String kind = "";

  @Parameters(index = "1", paramLabel = "EXPR")
  private String expr = "";

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() throws InterruptedException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("query", expr);
    String path;
    switch (kind) {
      case "instant" -> {
        path = "/api/v1/query";
        if (!time.isEmpty()) {
          form.put("time", time);
        }
      }
      case "range" -> {
        path = "/api/v1/query_range";
        form.put("start", start);
        form.put("end", end);
        form.put("step", step);
      }
      default -> throw new UsageException("query wants instant or range, not " + kind);
    }
    try {
      print(new Client(url).post(path, form).object("data"));
      return 0;
    } catch (IOException | UsageException e) {
      System.err.println("trivigil query: " + e.getMessage());
      return 1;
    }
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private static void print(JsonValue.Fields data) {
    String type = data.text("resultType", "");
    List<JsonValue> items = data.items("result");
    if (type.equals("scalar") || type.equals("string")) {
      System.out.println(type + ": " + point(items));
      return;
    }
    for (JsonValue item : items) {
      JsonValue.Fields series = item.object("series");
      Labels labels = Labels.of(series.texts("metric"));
      String name = named(labels);
      if (type.equals("vector")) {
        System.out.println(name + " => " + point(series.items("value")));
      } else {
        System.out.println(name + " =>");
        series.items("values").forEach(value -> System.out.println(point(value.list("point"))));
      }
    }
  }

  private static String named(Labels labels) {
    boolean nameAlone = labels.size() == 1 && !labels.metricName().isEmpty();
    return labels.metricName() + (nameAlone ? "" : labels.dropName().toString());
  }

  private static String point(List<JsonValue> point) {
    return point.size() == 2 ? "%s @[%s]".formatted(text(point.get(1)), text(point.get(0))) : "?";
  }

  private static String text(JsonValue value) {
    return switch (value) {
      case JsonValue.Text(String text) -> text;
      case JsonValue.Numeral(String text) -> text;
      case JsonValue.Bool(boolean truth) -> Boolean.toString(truth);
      case JsonValue.Null _, JsonValue.Items _, JsonValue.Fields _ -> "";
    };
  }
}
