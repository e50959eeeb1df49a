package io.trivigil.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.lab.Child;
import io.trivigil.lab.Http;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Three nodes, each one process of the launcher's `server`. Confined to the scenario's thread.
final class Cluster implements AutoCloseable {
  /// Longer than a node takes to start and to find a leader, or those that come back would work
  /// alone too, each for itself.
  static final Duration FAIL_OPEN = Duration.ofSeconds(10);

  /// One node: its process and where it answers.
  record Node(String id, Child process, String url, Path data) {}

  private final Path root;
  private final Path directory;
  private final List<Node> nodes = new ArrayList<>();
  private final String peers;

  Cluster(Path root, Path directory, Path config, int[] httpPorts) throws IOException {
    this.root = root;
    this.directory = directory;
    int[] logPorts = Lab.freePorts(3);
    peers =
        "n1=127.0.0.1:%d,n2=127.0.0.1:%d,n3=127.0.0.1:%d"
            .formatted(logPorts[0], logPorts[1], logPorts[2]);
    for (int k = 1; k <= 3; k++) {
      String id = "n" + k;
      Path data = directory.resolve(id);
      nodes.add(
          new Node(
              id,
              server(id, "acceptance", data, config, httpPorts[k - 1]),
              "http://127.0.0.1:" + httpPorts[k - 1],
              data));
    }
  }

  /// A process of the launcher's `server` that is not started yet.
  Child server(String id, String cluster, Path data, Path config, int httpPort) {
    return new Child(
        id,
        directory.resolve(id + "-" + cluster + ".log"),
        Map.of(),
        List.of(
            root.resolve("trivigil").toString(),
            "server",
            "--config.file=" + config.resolve("prometheus.yml"),
            "--alertmanager.config.file=" + config.resolve("alertmanager.yml"),
            "--storage.tsdb.path=" + data,
            "--web.listen-address=127.0.0.1:" + httpPort,
            "--web.enable-remote-write-receiver",
            "--cluster.fail-open-after=" + FAIL_OPEN.toSeconds() + "s",
            "--cluster.name=" + cluster,
            "--cluster.node-id=" + id,
            "--cluster.peers=" + peers));
  }

  List<Node> nodes() {
    return List.copyOf(nodes);
  }

  void start() throws IOException {
    for (Node node : nodes) {
      node.process().start();
    }
  }

  /// Whether every node says that it is ready.
  boolean awaitReady(Duration limit) {
    return nodes.stream().allMatch(node -> awaitReady(node, limit));
  }

  boolean awaitReady(Node node, Duration limit) {
    return Wait.until(
        limit, () -> Http.get(node.url() + "/-/ready", Duration.ofSeconds(2)).status() == 200);
  }

  /// Waits until a node has all that was committed when it was asked.
  boolean awaitUpToDate(Node node, Duration limit) {
    String url = node.url() + "/api/v1/query?query=1&consistency=linearizable";
    return Wait.until(limit, () -> Http.get(url, Duration.ofSeconds(5)).status() == 200);
  }

  /// The leader's id as any living node tells it.
  Optional<Node> leader() {
    for (Node node : nodes) {
      if (node.process().alive()) {
        try {
          String leader = status(node).path("leader").asText();
          Optional<Node> found = nodes.stream().filter(n -> n.id().equals(leader)).findFirst();
          if (found.isPresent()) {
            return found;
          }
        } catch (IOException notNow) {
          // Ask the next.
        }
      }
    }
    return Optional.empty();
  }

  JsonNode status(Node node) throws IOException {
    return Http.json(node.url() + "/api/v1/cluster").path("data");
  }

  /// The role of `id` as `node` sees it; empty if it is no member.
  String role(Node node, String id) throws IOException {
    for (JsonNode member : status(node).path("nodes")) {
      if (member.path("id").asText().equals(id)) {
        return member.path("role").asText();
      }
    }
    return "";
  }

  JsonNode query(Node node, String expression) throws IOException {
    return Http.json(node.url() + "/api/v1/query?query=" + Http.encode(expression))
        .path("data")
        .path("result");
  }

  /// The raw text of a range query's data, for comparing nodes.
  String range(Node node, String expression, long startMs, long endMs, int stepSeconds)
      throws IOException {
    return Http.json(
            "%s/api/v1/query_range?query=%s&start=%s&end=%s&step=%d"
                .formatted(
                    node.url(),
                    Http.encode(expression),
                    startMs / 1000.0,
                    endMs / 1000.0,
                    stepSeconds))
        .path("data")
        .path("result")
        .toString();
  }

  /// How many alerts are pending or firing, as `node` sees it.
  List<JsonNode> alerts(Node node) throws IOException {
    List<JsonNode> alerts = new ArrayList<>();
    Http.json(node.url() + "/api/v1/alerts").path("data").path("alerts").forEach(alerts::add);
    return alerts;
  }

  /// Whether any node's log says so.
  boolean logged(String text) throws IOException {
    for (Node node : nodes) {
      if (logged(node, text)) {
        return true;
      }
    }
    return false;
  }

  static boolean logged(Node node, String text) throws IOException {
    return Files.readString(node.process().log()).contains(text);
  }

  /// The last lines of a node's log, for a failure's report.
  String tail(Node node) throws IOException {
    List<String> lines = Files.readAllLines(node.process().log());
    return lines.stream().skip(Math.max(0, lines.size() - 15)).collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    nodes.forEach(node -> node.process().stop());
  }
}
