package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.web.http.AtHand;
import io.trivigil.web.remote.WriteBody;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Questions to a whole node, each asked so that it is answered by a thread that may wait, and then
/// so that it may be answered on the event loop: the answers are the same to the byte.
class AtHandRoutesTest {
  private static final String FAR = "&pad=" + "x".repeat(AtHand.MOST_REQUEST_BYTES);
  private static final List<String> CHANGING =
      List.of("date", "x-trivigil-freshness-ms", "x-trivigil-applied-index");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static List<String> questions(long nowMs) {
    List<String> all = new ArrayList<>();
    for (String query :
        List.of(
            "1",
            "m",
            "m{i=\"3\"}",
            "m{i=~\"[1-4]\"}",
            "absent(none{job=\"x\"})",
            "sort_desc(m)",
            "sum by (j) (rate(m[1m]))",
            "m[1m]",
            "\"text\"",
            "vector(1) / 0",
            "m * on (i) group_left (j) m",
            "sum(m",
            "rate(m)")) {
      String param = WholeNode.param(query);
      all.add("/api/v1/query?query=%s&time=%s".formatted(param, seconds(nowMs)));
      all.add(
          "/api/v1/query_range?query=%s&start=%s&end=%s&step=10"
              .formatted(param, seconds(nowMs - 60_000), seconds(nowMs)));
    }
    all.add("/api/v1/query?query=m&limit=2&stats=all&time=x");
    all.add("/api/v1/query?query=m&limit=2&time=" + seconds(nowMs));
    all.add("/api/v1/query?query=1&consistency=no&time=" + seconds(nowMs));
    all.add("/api/v1/labels?limit=10");
    all.add("/api/v1/label/i/values?limit=3");
    all.add("/api/v1/label/i/values?match[]=m");
    all.add("/api/v1/label/__name__/values?start=" + seconds(nowMs));
    all.add("/api/v1/series?match[]=m");
    all.add("/api/v1/series?x=y");
    return all;
  }

  private static String seconds(long ms) {
    return "%d.%03d".formatted(ms / 1000, ms % 1000);
  }

  /// Status, headers and body as text, without what differs from one moment to the next.
  private static String said(HttpResponse<byte[]> response) {
    Map<String, List<String>> headers = new TreeMap<>();
    response
        .headers()
        .map()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    CHANGING.forEach(headers::remove);
    return response.statusCode()
        + " "
        + headers
        + " "
        + new String(response.body(), StandardCharsets.ISO_8859_1);
  }

  private static double atHand(WholeNode node) throws Exception {
    return node.get("/metrics")
        .lines()
        .filter(line -> line.startsWith("trivigil_http_answers_at_hand_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  @Test
  void bothWaysSayTheSame(@TempDir Path root) throws Exception {
    long nowMs = System.currentTimeMillis();
    try (WholeNode node = new WholeNode(root, "")) {
      WriteBody body = new WriteBody();
      for (int i = 0; i < 40; i++) {
        Labels series = Labels.of("__name__", "m", "i", "" + i, "j", "" + i % 3);
        body.sample(series, nowMs - 20_000, i).sample(series, nowMs - 10_000, i + 1.5);
      }
      assertThat(node.write(body).statusCode()).isEqualTo(204);
      compare(node, nowMs);
    }
    try (WholeNode node = new WholeNode(root, "")) { // the samples are in pages now
      compare(node, nowMs);
    }
  }

  private static void compare(WholeNode node, long nowMs) throws Exception {
    double before = atHand(node);
    for (int round = 0; round < 3; round++) {
      for (String question : questions(nowMs)) {
        assertSame(node, question);
        assertSame(node, question, "Accept-Encoding", "gzip", "Origin", "http://a.b");
      }
    }
    assertThat(atHand(node)).isGreaterThan(before);
  }

  /// Asks both ways, and again: a busy node may warn in between that it is not up to date.
  private static void assertSame(WholeNode node, String question, String... headers)
      throws Exception {
    String near = said(node.ask(question, headers));
    String far = said(node.ask(question + FAR, headers));
    long endNanos = System.nanoTime() + PATIENCE.toNanos();
    while (!near.equals(far) && System.nanoTime() < endNanos) {
      near = said(node.ask(question, headers));
      far = said(node.ask(question + FAR, headers));
    }
    assertThat(near).as(question).isEqualTo(far);
  }
}
