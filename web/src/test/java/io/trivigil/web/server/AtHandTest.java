package io.trivigil.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.metric.Metrics;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.AtHand;
import io.trivigil.web.http.Handler;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Answers that are made on the event loop (near), and those that are made elsewhere (far).
class AtHandTest {
  private static final int WINDOW = 64 << 10;

  private final Metrics metrics = new Metrics();
  private final Router router =
      new Router()
          .on("GET,POST", "/api/v1/near/{name}", Handler.atHand(AtHandTest::say))
          .on(
              "GET",
              "/api/v1/waits/{name}",
              Handler.atHand(
                  request -> {
                    AtHand.refuse();
                    return say(request);
                  }))
          .on("GET", "/api/v1/unknown/{name}", AtHandTest::say)
          .on(
              "GET",
              "/api/v1/bytes/{count}",
              Handler.atHand(
                  request ->
                      Answer.text(
                          200,
                          where() + "x".repeat(Integer.parseInt(request.named("count"))) + ">")))
          .on(
              "GET",
              "/api/v1/fails",
              Handler.atHand(
                  _ -> {
                    throw new IllegalStateException("on purpose");
                  }));
  private final Gateway gateway = gateway(10);
  private final WebServer server =
      WebServer.start(gateway, List.of(new WebServer.Listener("127.0.0.1", 0)));
  private Socket socket = new Socket();
  private InputStream in = InputStream.nullInputStream();

  private Gateway gateway(int concurrent) {
    return new Gateway(
        router,
        "",
        Pattern.compile(".*"),
        new BasicLogins(Map.of()),
        new WebLimits(1 << 20, WINDOW, Duration.ofMinutes(1), Duration.ofMillis(300), concurrent),
        metrics,
        () -> 0);
  }

  @BeforeEach
  void connect() throws IOException {
    connect(server);
  }

  private void connect(WebServer to) throws IOException {
    socket.close();
    socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
    in = new BufferedInputStream(socket.getInputStream());
    socket.setSoTimeout(Math.toIntExact(Duration.ofMinutes(1).toMillis()));
  }

  @AfterEach
  void stop() throws IOException {
    socket.close();
    server.close();
  }

  private static String where() {
    boolean loop = Thread.currentThread().getName().contains("eventLoop");
    assertThat(AtHand.isOn()).isEqualTo(loop);
    return loop ? "<near:" : "<far:";
  }

  private static Answer say(Request request) {
    return Answer.text(200, where() + request.named("name") + ">");
  }

  private static String get(String path, String... headers) {
    return "GET %s HTTP/1.1\r\nHost: here\r\n%s\r\n".formatted(path, String.join("", headers));
  }

  private void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /// What the server says up to this, inclusive.
  private String until(String end) throws IOException {
    StringBuilder said = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      said.append((char) b);
      if (b == end.charAt(end.length() - 1) && said.toString().endsWith(end)) {
        break;
      }
    }
    return said.toString();
  }

  private String ask(String path, String... headers) throws IOException {
    send(get(path, headers));
    String said = until(">");
    assertThat(said).startsWith("HTTP/1.1 200 ");
    return said.substring(said.indexOf('<'));
  }

  private double counted(String name) {
    return metrics
        .expose()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void whatIsAtHandIsAnsweredOnTheEventLoop() throws Exception {
    assertThat(ask("/api/v1/near/a?b=c")).isEqualTo("<near:a>");
    assertThat(ask("/api/v1/unknown/a")).isEqualTo("<far:a>");
    assertThat(ask("/api/v1/waits/a")).isEqualTo("<far:a>");
    assertThat(ask("/api/v1/near/b")).isEqualTo("<near:b>");
    String form = "a=b";
    send(
        get(
                    "/api/v1/near/form",
                    "Content-Type: application/x-www-form-urlencoded\r\n",
                    "Content-Length: %d\r\n".formatted(form.length()))
                .replace("GET", "POST")
            + form);
    assertThat(until(">")).endsWith("<near:form>");
    assertThat(counted("trivigil_http_answers_at_hand_total")).isEqualTo(3);
    assertThat(counted("prometheus_http_requests_total"))
        .as("what was tried and asked again counts once")
        .isEqualTo(5);
  }

  @Test
  void whatIsLongIsAnsweredElsewhere() throws Exception {
    String path = "/api/v1/near/a?pad=";
    int left = AtHand.MOST_REQUEST_BYTES - path.length();
    assertThat(ask(path + "x".repeat(left))).isEqualTo("<near:a>");
    assertThat(ask(path + "x".repeat(left + 1))).isEqualTo("<far:a>");
    int fits = WINDOW - "<near:>".length();
    assertThat(ask("/api/v1/bytes/" + fits)).startsWith("<near:x").hasSize(WINDOW);
    send(get("/api/v1/bytes/" + (fits + 1)));
    assertThat(until(">")).startsWith("HTTP/1.1 200 ").contains("<far:x");
  }

  @Test
  void aPasswordIsCheckedElsewhere() throws Exception {
    assertThat(ask("/api/v1/near/a", "Authorization: Basic eDp5\r\n")).isEqualTo("<far:a>");
  }

  @Test
  void failuresAndTheirPlacesAreAsElsewhere() throws Exception {
    for (int i = 0; i < 20; i++) { // ten places among the requests in flight
      send(get("/api/v1/fails"));
      assertThat(until("log\n")).startsWith("HTTP/1.1 500 Internal Server Error\r\n");
      send(get("/api/v1/none"));
      assertThat(until("not found\n")).startsWith("HTTP/1.1 404 Not Found\r\n");
      assertThat(ask("/api/v1/waits/a")).isEqualTo("<far:a>");
      assertThat(ask("/api/v1/near/a")).isEqualTo("<near:a>");
    }
    assertThat(gateway.stop(Duration.ofMinutes(1))).as("none is under way").isTrue();
  }

  @Test
  void ofThoseThatComeAtOnceTheFirstIsAnsweredOnTheEventLoopAndAllInOrder() throws Exception {
    int most = 400;
    try (WebServer many =
        WebServer.start(gateway(most), List.of(new WebServer.Listener("127.0.0.1", 0)))) {
      connect(many);
      assertOrder(most);
    }
  }

  private void assertOrder(int most) throws IOException {
    StringBuilder asked = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < most - 1; i++) {
      asked.append(get("/api/v1/near/" + i));
      expected.add("" + i);
    }
    asked.append(get("/api/v1/near/last", "Connection: close\r\n"));
    expected.add("last");
    send(asked.toString());
    String said = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    List<String> names =
        Pattern.compile("<\\w+:(\\w+)>")
            .matcher(said)
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(names).containsExactlyElementsOf(expected);
    assertThat(said).contains("<near:0>").contains("<far:");
  }

  @Test
  void theLastOneClosesTheConnection() throws Exception {
    send(get("/api/v1/near/a", "Connection: close\r\n") + get("/api/v1/near/b"));
    assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
        .containsIgnoringCase("\r\nconnection: close\r\n")
        .endsWith("<near:a>");
  }

  @Test
  void whoTakesNothingGetsAllInTheEnd() throws Exception {
    int most = 200;
    try (WebServer many =
        WebServer.start(gateway(most), List.of(new WebServer.Listener("127.0.0.1", 0)))) {
      connect(many);
      StringBuilder asked = new StringBuilder();
      for (int i = 0; i < most; i++) {
        asked.append(get("/api/v1/bytes/60000"));
      }
      send(asked.toString());
      for (int i = 0; i < most; i++) {
        assertThat(until(">")).startsWith("HTTP/1.1 200 ").contains("x".repeat(60_000));
      }
    }
  }
}
