package io.trivigil.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A server behind its Prometheus API.
final class HttpServer implements Extrapolation.Server {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;

  HttpServer(String url) {
    this.url = url;
  }

  @Override
  public Map<String, Double> vector(String query, String time) {
    Map<String, Double> values = new HashMap<>();
    for (JsonNode series : result(query, time)) {
      values.put(labels(series), value(series.path("value")));
    }
    return values;
  }

  @Override
  public Map<String, List<double[]>> matrix(String query, String time) {
    Map<String, List<double[]>> samples = new HashMap<>();
    for (JsonNode series : result(query, time)) {
      List<double[]> points = new ArrayList<>();
      series
          .path("values")
          .forEach(
              p -> points.add(new double[] {Math.rint(p.get(0).asDouble() * 1_000), value(p)}));
      samples.put(labels(series), points);
    }
    return samples;
  }

  private static double value(JsonNode point) {
    String text = point.path(1).asText();
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static String labels(JsonNode series) {
    Map<String, String> labels = new TreeMap<>();
    series.path("metric").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    labels.remove("__name__");
    return labels.toString();
  }

  private JsonNode result(String query, String time) {
    String at =
        url
            + "/api/v1/query?time="
            + time
            + "&query="
            + URLEncoder.encode(query, StandardCharsets.UTF_8);
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(at)).build(), HttpResponse.BodyHandlers.ofString());
      return JSON.readTree(answer.body()).path("data").path("result");
    } catch (IOException e) {
      throw new UncheckedIOException(at, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + at, e);
    }
  }
}
