package io.trivigil.config.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.trivigil.config.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class JdkHttpTransportTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private HttpServer server;
  private HostLookup lookup;
  private ExecutorService executor;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/hello", exchange -> answer(exchange, 200, "hello"));
    server.createContext(
        "/headers",
        exchange ->
            answer(
                exchange,
                200,
                exchange.getRequestHeaders().getFirst("Authorization")
                    + " "
                    + exchange.getRequestHeaders().getFirst("Host")
                    + " "
                    + exchange.getRequestHeaders().get("X-A")));
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/hello");
          answer(exchange, 302, "");
        });
    server.createContext(
        "/gzip",
        exchange -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("x".repeat(1000).getBytes(StandardCharsets.UTF_8));
          }
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, bytes.size());
          exchange.getResponseBody().write(bytes.toByteArray());
          exchange.close();
        });
    server.createContext("/silent", _ -> {});
    server.start();
    executor = Executors.newFixedThreadPool(2);
    lookup =
        new HostLookup(
            host -> {
              if (host.startsWith("dead")) {
                throw new UnknownHostException(host);
              }
              return InetAddress.getLoopbackAddress();
            });
  }

  @AfterEach
  void stop() {
    server.stop(0);
    lookup.close();
    executor.shutdownNow();
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private HttpResult get(HttpConfig config, String host, String path, Duration timeout, long max) {
    JdkHttpTransport transport =
        new JdkHttpTransport(
            config, SecretFiles.DISK, Map.of(), lookup, executor, System::nanoTime);
    URI uri = URI.create("http://" + host + ":" + server.getAddress().getPort() + path);
    return transport.send(
        new HttpCall("GET", uri, Map.of("Accept-Encoding", "gzip"), new byte[0], timeout, max));
  }

  private static String text(HttpResult result) {
    return result instanceof HttpResult.Answer answer
        ? answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8)
        : result.toString();
  }

  @Test
  void answersAreReadWholeAndRedirectsFollowed() {
    assertThat(text(get(HttpConfig.DEFAULT, "localhost", "/moved", LONG, 100)))
        .isEqualTo("200 hello");
  }

  @Test
  void gzipIsUndoneAndHeldToTheLimit() {
    assertThat(text(get(HttpConfig.DEFAULT, "localhost", "/gzip", LONG, 1000)))
        .isEqualTo("200 " + "x".repeat(1000));
    assertThat(get(HttpConfig.DEFAULT, "localhost", "/gzip", LONG, 999))
        .isEqualTo(new HttpResult.Failure(HttpResult.Reason.TOO_LARGE, "body size limit exceeded"));
  }

  @Test
  void plainBodiesAreHeldToTheLimit() {
    assertThat(text(get(HttpConfig.DEFAULT, "localhost", "/hello", LONG, 5)))
        .isEqualTo("200 hello");
    assertThat(get(HttpConfig.DEFAULT, "localhost", "/hello", LONG, 4))
        .isInstanceOfSatisfying(
            HttpResult.Failure.class,
            failure -> assertThat(failure.reason()).isEqualTo(HttpResult.Reason.TOO_LARGE));
  }

  @Test
  void silenceEndsWithTheTimeout() {
    assertThat(get(HttpConfig.DEFAULT, "localhost", "/silent", Duration.ofMillis(200), 100))
        .isInstanceOfSatisfying(
            HttpResult.Failure.class,
            failure -> {
              assertThat(failure.reason()).isEqualTo(HttpResult.Reason.TIMEOUT);
              assertThat(failure.message()).contains("context deadline exceeded");
            });
  }

  @Test
  void anUnknownHostIsSaidAsSuch() {
    assertThat(get(HttpConfig.DEFAULT, "dead_host", "/hello", LONG, 100))
        .isInstanceOfSatisfying(
            HttpResult.Failure.class,
            failure -> {
              assertThat(failure.reason()).isEqualTo(HttpResult.Reason.CONNECT);
              assertThat(failure.message()).contains("lookup dead_host: no such host");
            });
  }

  @Test
  void credentialsHeadersAndNamesWithUnderscoresTravel() {
    HttpConfig config =
        new HttpConfig(
            Optional.of(
                new BasicAuth(
                    Optional.of(new SecretSource.Inline(new Secret("u"))),
                    Optional.of(new SecretSource.Inline(new Secret("p"))))),
            Optional.empty(),
            Optional.empty(),
            TlsConfig.DEFAULT,
            ProxyConfig.NONE,
            true,
            true,
            List.of(new HttpHeader("X-A", List.of("1"), List.of())));
    assertThat(text(get(config, "my_exporter", "/headers", LONG, 1000)))
        .isEqualTo("200 Basic dTpw my_exporter:" + server.getAddress().getPort() + " [1]");
  }
}
