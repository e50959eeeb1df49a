package io.trivigil.web.cli;

import io.trivigil.web.remote.WriteBody;
import io.trivigil.web.server.NodeServer;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A whole node that is a cluster of one, and a client of its HTTP. For tests.
final class WholeNode implements AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final int FIRST_PORT = 24_000;
  private static final int PORTS = 2_500;
  private static final AtomicInteger NEXT_PORT = new AtomicInteger(new Random().nextInt(PORTS));

  private final NodeServer server;

  /// Starts a node and waits until it takes samples.
  WholeNode(Path root, String config, String... flags) throws Exception {
    Path file = root.resolve("prometheus.yml");
    Files.writeString(file, config);
    List<String> all =
        new ArrayList<>(
            List.of(
                "--config.file=" + file,
                "--storage.tsdb.path=" + root.resolve("data"),
                "--web.listen-address=127.0.0.1:0",
                "--cluster.peers=n1=127.0.0.1:" + logPort(),
                "--web.enable-admin-api",
                "--web.enable-remote-write-receiver"));
    all.addAll(List.of(flags));
    if (all.stream().noneMatch(flag -> flag.startsWith("--query.warm-up="))) {
      all.add("--query.warm-up=0"); // many nodes of tests would practise side by side
    }
    server = NodeServer.start(ServerSettings.of(FlagValues.parse(ServerFlags.all(), all)));
    await("/api/v1/status/config/versions", "\"current\":1,");
    await("/-/ready", "is Ready."); // so behind a restart the log has been applied again
  }

  /// A free port for the log, which has to be known before it is listened at: below those that the
  /// system gives to whoever connects or asks for any, so that nobody has it in between.
  static int logPort() throws IOException {
    for (int i = 0; ; i++) {
      int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
      try (ServerSocket _ = new ServerSocket(port)) {
        return port;
      } catch (BindException taken) {
        if (i == PORTS) {
          throw taken;
        }
      }
    }
  }

  /// Waits until an answer says something.
  void await(String path, String text) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    for (String body = get(path); !body.contains(text); body = get(path)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("%s does not say %s: %s".formatted(path, text, body));
      }
      LockSupport.parkNanos(50_000_000);
    }
  }

  String get(String path) throws IOException, InterruptedException {
    return CLIENT.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString()).body();
  }

  /// @param headers names and values in turn
  HttpResponse<byte[]> ask(String path, String... headers)
      throws IOException, InterruptedException {
    // Else the client asks for HTTP/2 each time, which is not plain.
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).version(HttpClient.Version.HTTP_1_1);
    return CLIENT.send(
        (headers.length == 0 ? request : request.headers(headers)).build(),
        BodyHandlers.ofByteArray());
  }

  HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  HttpResponse<String> write(WriteBody body) throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(uri("/api/v1/write"))
            .header("Content-Type", "application/x-protobuf")
            .header("Content-Encoding", "snappy")
            .POST(BodyPublishers.ofByteArray(body.compressed()))
            .build(),
        BodyHandlers.ofString());
  }

  /// Text as a parameter's value.
  static String param(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  @Override
  public void close() {
    server.close();
  }
}
