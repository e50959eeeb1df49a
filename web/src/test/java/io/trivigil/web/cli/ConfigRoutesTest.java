package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.web.server.NodeServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The configuration's history over HTTP, on a whole node that is a cluster of one.
class ConfigRoutesTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String FIRST = "global: {scrape_interval: 1h}\n";
  private static final String SECOND =
      """
      global: {scrape_interval: 2h}
      scrape_configs:
      - job_name: web
        basic_auth: {username: u, password: hunter2}
        static_configs: [{targets: ["127.0.0.1:1"]}]
      """;

  private final int logPort;
  private int port;

  ConfigRoutesTest() throws IOException {
    logPort = WholeNode.logPort();
  }

  @Test
  void aVersionIsSeenComparedAndRolledBackTo(@TempDir Path root) throws Exception {
    Path file = root.resolve("prometheus.yml");
    Files.writeString(file, FIRST);
    try (NodeServer server = start(root, file, "--web.enable-admin-api")) {
      port = server.port();
      awaitText("/api/v1/status/config/versions", "\"current\":1,");
      Files.writeString(file, SECOND);
      assertThat(post("/-/reload").statusCode()).isEqualTo(200);
      assertThat(get("/api/v1/status/config/versions").body()).contains("\"current\":2,");

      assertThat(get("/api/v1/status/config/versions/2").body())
          .contains("scrape_interval: 2h")
          .doesNotContain("hunter2");
      assertThat(get("/api/v1/status/config/diff?from=1&to=2").body())
          .contains("-global: {scrape_interval: 1h}", "+global: {scrape_interval: 2h}")
          .doesNotContain("hunter2");
      HttpResponse<String> unknown = get("/api/v1/status/config/versions/9");
      assertThat(unknown.statusCode()).isEqualTo(404);
      assertThat(unknown.body()).contains("[1, 2]");
      assertThat(get("/api/v1/status/config/diff?from=x&to=2").body()).contains("not \\\"x\\\"");

      assertThat(post("/api/v1/admin/config/rollback?to=first").statusCode()).isEqualTo(400);
      assertThat(post("/api/v1/admin/config/rollback?to=9").statusCode()).isEqualTo(400);
      assertThat(post("/api/v1/admin/config/rollback?to=1").statusCode()).isEqualTo(200);
      assertThat(get("/api/v1/status/config/versions").body())
          .contains("\"current\":3,", "\"rolledBackTo\":1");
      // The difference shows at once; which files they are, once the node has looked at them again.
      awaitText("/api/v1/status/config/drift", "\"drift\":true");
      awaitText("/api/v1/status/config/drift", "prometheus.yml");
      awaitText("/api/v1/cluster/events", "\"kind\":\"started\"");
      assertThat(get("/api/v1/cluster/events").body())
          .contains("\"kind\":\"configured\"", "\"detail\":\"3 (");
    }
    // What was rolled back from stands on all disks, and still is not adopted without being asked.
    try (NodeServer server = start(root, file)) {
      port = server.port();
      awaitText("/api/v1/status/config/versions", "\"current\":3,"); // the log is applied again
      awaitText("/api/v1/status/config/drift", "\"drift\":true");
      assertThat(get("/api/v1/status/config/versions").body()).contains("\"current\":3,");
      HttpResponse<String> closed = post("/api/v1/admin/config/rollback?to=2");
      assertThat(closed.statusCode()).isEqualTo(503);
      assertThat(closed.body()).contains("--web.enable-admin-api");
    }
  }

  private NodeServer start(Path root, Path file, String... more) throws Exception {
    List<String> flags =
        new java.util.ArrayList<>(
            List.of(
                "--config.file=" + file,
                "--storage.tsdb.path=" + root.resolve("data"),
                "--web.listen-address=127.0.0.1:0",
                "--cluster.peers=n1=127.0.0.1:" + logPort,
                "--web.enable-lifecycle"));
    flags.addAll(List.of(more));
    return NodeServer.start(ServerSettings.of(FlagValues.parse(ServerFlags.all(), flags)));
  }

  private void awaitText(String path, String text) throws Exception {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!get(path).body().contains(text)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("%s does not say %s: %s".formatted(path, text, get(path).body()));
      }
      LockSupport.parkNanos(50_000_000);
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return CLIENT.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
