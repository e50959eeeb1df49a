package io.trivigil.web.drill;

import io.trivigil.web.json.JsonException;
import io.trivigil.web.json.JsonReader;
import io.trivigil.web.json.JsonValue;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The members of a running cluster over HTTP. Thread-safe.
public final class Nodes {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration QUERY_PATIENCE = Duration.ofSeconds(30);
  private static final int OK = 200;

  private final SortedMap<String, String> urls;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofMillis(500))
          .version(HttpClient.Version.HTTP_1_1)
          .build();

  private Nodes(SortedMap<String, String> urls) {
    this.urls = urls;
  }

  /// Asks one node who the others are.
  ///
  /// @throws IOException if it can not be asked, or a member's address is not known
  public static Nodes of(String url) throws IOException, InterruptedException {
    Nodes one = new Nodes(new TreeMap<>(Map.of("", url)));
    SortedMap<String, String> all = new TreeMap<>();
    for (JsonValue item : one.data("", "/api/v1/cluster").items("nodes")) {
      JsonValue.Fields node = item.object("node");
      String at = node.text("url", "");
      if (at.isEmpty()) {
        throw new IOException("the address of " + node.text("id", "") + " is not known");
      }
      all.put(node.text("id", ""), at);
    }
    return new Nodes(all);
  }

  /// All ids, sorted.
  public List<String> ids() {
    return List.copyOf(urls.keySet());
  }

  String url(String id) {
    return String.valueOf(urls.get(id));
  }

  HttpResponse<byte[]> send(HttpRequest.Builder request, Duration patience)
      throws IOException, InterruptedException {
    return http.send(request.timeout(patience).build(), BodyHandlers.ofByteArray());
  }

  private JsonValue.Fields data(String id, String path) throws IOException, InterruptedException {
    return answer(id, path).object("data");
  }

  private JsonValue answer(String id, String path) throws IOException, InterruptedException {
    byte[] body = send(HttpRequest.newBuilder(URI.create(url(id) + path)), QUERY_PATIENCE).body();
    try {
      return JsonReader.read(body).object("answer").value("data").orElse(new JsonValue.Null());
    } catch (JsonException e) {
      throw new IOException(url(id) + " did not answer in JSON: " + e.getMessage(), e);
    }
  }

  /// How a node sees itself and the cluster now.
  Health.Sight look(String id) throws InterruptedException {
    try {
      boolean ready =
          send(HttpRequest.newBuilder(URI.create(url(id) + "/-/ready")), PATIENCE).statusCode()
              == OK;
      JsonValue.Fields cluster =
          JsonReader.read(
                  send(HttpRequest.newBuilder(URI.create(url(id) + "/api/v1/cluster")), PATIENCE)
                      .body())
              .object("answer")
              .value("data")
              .orElse(new JsonValue.Fields(Map.of()))
              .object("data");
      return new Health.Sight(id, ready, cluster.text("leader", ""), number(cluster, "term"));
    } catch (IOException | JsonException _) {
      return new Health.Sight(id, false, "", -1);
    }
  }

  List<Health.Sight> look() throws InterruptedException {
    List<Health.Sight> sights = new ArrayList<>();
    for (String id : ids()) {
      sights.add(look(id));
    }
    return sights;
  }

  private static long number(JsonValue.Fields fields, String name) {
    return fields.value(name).orElse(new JsonValue.Null()) instanceof JsonValue.Numeral(String text)
        ? new BigDecimal(text).longValue()
        : -1;
  }

  /// Posts a form to a node; returns the status.
  int post(String id, String path, String form) throws IOException, InterruptedException {
    return send(
            HttpRequest.newBuilder(URI.create(url(id) + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)),
            QUERY_PATIENCE)
        .statusCode();
  }

  /// The timestamps of the samples that a range selector finds on one node, by series.
  Map<String, List<Long>> times(String id, String selector, long atMs)
      throws IOException, InterruptedException {
    String path =
        "/api/v1/query?time=%d.%03d&query=%s"
            .formatted(
                atMs / 1000, atMs % 1000, URLEncoder.encode(selector, StandardCharsets.UTF_8));
    Map<String, List<Long>> times = new TreeMap<>();
    for (JsonValue item : data(id, path).items("result")) {
      JsonValue.Fields series = item.object("series");
      List<Long> all = new ArrayList<>();
      for (JsonValue point : series.items("values")) {
        if (point.list("point").getFirst() instanceof JsonValue.Numeral(String seconds)) {
          all.add(new BigDecimal(seconds).movePointRight(3).longValue());
        }
      }
      times.put(written(series.texts("metric")), all);
    }
    return times;
  }

  /// Since when alerts fire, by their labels.
  Map<String, String> firing(String id) throws IOException, InterruptedException {
    Map<String, String> since = new TreeMap<>();
    for (JsonValue item : data(id, "/api/v1/alerts").items("alerts")) {
      JsonValue.Fields alert = item.object("alert");
      if (alert.text("state", "").equals("firing")) {
        since.put(written(alert.texts("labels")), alert.text("activeAt", ""));
      }
    }
    return since;
  }

  /// Labels as they are written in a query.
  static String written(Map<String, String> labels) {
    List<String> pairs = new ArrayList<>();
    new TreeMap<>(labels)
        .forEach(
            (name, value) -> {
              if (!name.equals("__name__")) {
                pairs.add("%s=\"%s\"".formatted(name, value));
              }
            });
    return labels.getOrDefault("__name__", "") + "{" + String.join(", ", pairs) + "}";
  }
}
