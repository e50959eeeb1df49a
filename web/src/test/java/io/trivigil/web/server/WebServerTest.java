package io.trivigil.web.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.metric.Metrics;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Departure;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Practice;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WebServerTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final CountDownLatch WAITING = new CountDownLatch(1);
  private static final CountDownLatch TOLD = new CountDownLatch(1);
  private static WebServer server;

  @BeforeAll
  static void start() {
    Router router =
        new Router()
            .on("GET", "/", _ -> Answer.text(200, "root"))
            .on(
                "GET,POST",
                "/echo/{name}",
                request ->
                    Answer.text(
                        200,
                        request.named("name")
                            + "|"
                            + request.params().all("a")
                            + "|"
                            + request.body().length))
            .on("GET", "/assets/{file...}", request -> Answer.text(200, request.named("file")))
            .on("GET", "/waits", WebServerTest::waitForDeparture)
            .on("GET", "/long", _ -> Answer.text(200, Answer.JSON, "[" + "1,".repeat(9_999) + "1]"))
            .on(
                "GET",
                "/fails",
                _ -> {
                  throw new IllegalStateException("on purpose");
                });
    Gateway gateway =
        new Gateway(
            router,
            "",
            Pattern.compile(".*"),
            new BasicLogins(Map.of()),
            new WebLimits(1 << 20, 64 << 10, Duration.ofMinutes(1), Duration.ofMillis(300), 10),
            new Metrics(),
            () -> 0);
    server = WebServer.start(gateway, List.of(new WebServer.Listener("127.0.0.1", 0)));
  }

  /// Answers when its client has gone.
  private static Answer waitForDeparture(Request request) throws InterruptedException {
    CountDownLatch gone = new CountDownLatch(1);
    try (Departure.Watch _ = Departure.watch(gone::countDown)) {
      WAITING.countDown();
      if (gone.await(60, TimeUnit.SECONDS)) {
        TOLD.countDown();
      }
    }
    return Answer.text(200, "too late");
  }

  @Test
  void whatComesWhileTheServerStopsIsRefused() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Router router =
        new Router()
            .on("GET", "/soon", _ -> Answer.text(200, "soon"))
            .on(
                "GET",
                "/late",
                _ -> {
                  begun.countDown();
                  return Answer.text(end.await(60, TimeUnit.SECONDS) ? 200 : 500, "late");
                });
    Gateway gateway =
        new Gateway(
            router,
            "",
            Pattern.compile(".*"),
            new BasicLogins(Map.of()),
            new WebLimits(1 << 20, 64 << 10, Duration.ofMinutes(1), Duration.ofMillis(300), 10),
            new Metrics(),
            () -> 0);
    try (WebServer stopping =
        WebServer.start(gateway, List.of(new WebServer.Listener("127.0.0.1", 0)))) {
      String url = "http://127.0.0.1:" + stopping.port();
      HttpRequest soon = HttpRequest.newBuilder(URI.create(url + "/soon")).build();
      HttpRequest late = HttpRequest.newBuilder(URI.create(url + "/late")).build();
      assertThat(CLIENT.send(soon, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      var underWay = CLIENT.sendAsync(late, BodyHandlers.ofString());
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

      assertThat(gateway.stop(Duration.ZERO)).as("one is under way").isFalse();
      HttpResponse<String> refused = CLIENT.send(soon, BodyHandlers.ofString());
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).isEqualTo("server stops\n");
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      HttpRequest write =
          HttpRequest.newBuilder(URI.create(url + "/soon"))
              .POST(BodyPublishers.ofByteArray(new byte[200_000]))
              .build();
      assertThat(CLIENT.send(write, BodyHandlers.ofString()).statusCode()).isEqualTo(503);
      end.countDown();
      assertThat(underWay.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThat(gateway.stop(Duration.ofMinutes(1))).as("none is under way").isTrue();
    }
  }

  @Test
  void whoConnectsBeforeAnybodyAnswersIsAnsweredOnceThereIs() throws Exception {
    Gateway gateway =
        new Gateway(
            new Router().on("GET", "/early", _ -> Answer.text(200, "good morning")),
            "",
            Pattern.compile(".*"),
            new BasicLogins(Map.of()),
            WebLimits.DEFAULT,
            new Metrics(),
            () -> 0);
    WebServer.Listener anyPort = new WebServer.Listener("127.0.0.1", 0);
    ListeningPorts ports = ListeningPorts.open(List.of(anyPort, anyPort));
    int first = ports.port(0);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports.port(1))) {
      socket
          .getOutputStream()
          .write(
              "GET /early HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      try (WebServer early = WebServer.start(gateway, ports)) {
        assertThat(early.port()).isEqualTo(first);
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\ngood morning");
      }
    }
    assertThat(ports.channel(0).isOpen()).isFalse();
    assertThat(ports.channel(1).isOpen()).isFalse();
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    WebServer.Listener taken = new WebServer.Listener("127.0.0.1", server.port());
    WebServer.Listener free = new WebServer.Listener("127.0.0.1", 0);
    assertThatThrownBy(() -> ListeningPorts.open(List.of(free, taken)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("host=127.0.0.1 port=" + server.port());
  }

  @Test
  void theNodesOwnRequestsNeedNoLogInAndAreNotCounted() throws Exception {
    Metrics metrics = new Metrics();
    Gateway gateway =
        new Gateway(
            new Router().on("GET", "/in", _ -> Answer.text(200, "practice " + Practice.isOn())),
            "",
            Pattern.compile(".*"),
            new BasicLogins(Map.of("anna", "never checked")),
            new WebLimits(1 << 20, 64 << 10, Duration.ofMinutes(1), Duration.ofMillis(300), 10),
            metrics,
            () -> 0);
    Practice practice = new Practice(new java.util.Random(5));
    assertThat(gateway.answer(marked(practice.mark())).status()).as("not admitted").isEqualTo(401);
    gateway.admit(practice);
    String before = metrics.expose();

    Answer own = gateway.answer(marked(practice.mark()));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    own.body().writeTo(body);
    assertThat(body.toString(StandardCharsets.UTF_8)).isEqualTo("practice true");
    assertThat(metrics.expose()).isEqualTo(before);

    for (String wrong : List.of("", "x", practice.mark().substring(1), practice.mark() + "0")) {
      assertThat(gateway.answer(marked(wrong)).status()).as(wrong).isEqualTo(401);
    }
    assertThat(metrics.expose()).isNotEqualTo(before);
    assertThat(Practice.isOn()).isFalse();
  }

  private static Request marked(String mark) {
    Map<String, String> headers = Map.of(Practice.HEADER.toLowerCase(Locale.ROOT), mark);
    return new Request("GET", "/in", "", Params.NONE, headers, new byte[0], Map.of());
  }

  @Test
  void aClientThatGoesAwayIsNoticed() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write("GET /waits HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(WAITING.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(TOLD.getCount()).isOne();
    }
    assertThat(TOLD.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void pathsParametersAndBodiesArrive() throws Exception {
    assertThat(send("GET", "/", "").body()).isEqualTo("root");
    assertThat(send("GET", "/echo/x%20y?a=1&a=%2B2", "").body()).isEqualTo("x y|[1, +2]|0");
    assertThat(send("POST", "/echo/f?a=1", "a=b+c&a=d").body()).isEqualTo("f|[1, b c, d]|9");
    assertThat(send("GET", "/assets/a/b.js", "").body()).isEqualTo("a/b.js");
  }

  @Test
  void binaryBodiesArriveWhole() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/echo/b"))
            .header("Content-Type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(new byte[300_000]))
            .build();
    assertThat(CLIENT.send(request, BodyHandlers.ofString()).body()).isEqualTo("b|[]|300000");
    HttpRequest noType =
        HttpRequest.newBuilder(uri("/echo/c"))
            .POST(BodyPublishers.ofByteArray(new byte[7]))
            .build();
    assertThat(CLIENT.send(noType, BodyHandlers.ofString()).body()).isEqualTo("c|[]|7");
    HttpRequest json =
        HttpRequest.newBuilder(uri("/echo/j"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("[1,2]"))
            .build();
    assertThat(CLIENT.send(json, BodyHandlers.ofString()).body()).isEqualTo("j|[]|5");
    assertThat(send("POST", "/echo/e", "").body()).isEqualTo("e|[]|0");
  }

  @Test
  void snappyBodiesAreNotTouched() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/echo/s"))
            .timeout(PATIENCE)
            .header("Content-Type", "application/x-protobuf")
            .header("Content-Encoding", "snappy")
            .POST(BodyPublishers.ofByteArray(new byte[] {3, 8, 1, 2, 3}))
            .build();
    assertThat(CLIENT.send(request, BodyHandlers.ofString()).body()).isEqualTo("s|[]|5");
  }

  @Test
  void otherOriginsMayReadAndAnswersAreCompressed() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/long"))
            .timeout(PATIENCE)
            .header("Origin", "http://grafana.example")
            .header("Accept-Encoding", "gzip")
            .build();
    HttpResponse<byte[]> answer = CLIENT.send(request, BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(answer.headers().firstValue("content-encoding")).contains("gzip");
    assertThat(answer.body()).hasSizeLessThan(2_000);
  }

  @Test
  void errorsHaveTheirStatus() throws Exception {
    assertThat(send("GET", "/nothing", "").statusCode()).isEqualTo(404);
    assertThat(send("POST", "/", "").statusCode()).isEqualTo(405);
    assertThat(send("GET", "/fails", "").statusCode()).isEqualTo(500);
    assertThat(send("HEAD", "/", "").statusCode()).isEqualTo(200);
    assertThat(send("OPTIONS", "/echo/x", "").statusCode()).isEqualTo(204);
    assertThat(send("POST", "/echo/x", "a".repeat(2 << 20)).statusCode()).isEqualTo(413);
  }

  private static HttpResponse<String> send(String method, String path, String form)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(PATIENCE);
    if (method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS")) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/x-www-form-urlencoded")
          .method(method, BodyPublishers.ofString(form));
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }
}
