package io.trivigil.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.trivigil.model.metric.Metrics;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Author;
import io.trivigil.web.http.Departure;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Posts of protobuf and questions beside other requests on one connection.
class PlainRequestsTest {
  private static final int LIMIT = 1 << 20;
  private static final String ZIPPED = "zip".repeat(Gzipped.WORTH_BYTES) + ">>";

  private final CountDownLatch waiting = new CountDownLatch(1);
  private final CountDownLatch told = new CountDownLatch(1);
  private final Gateway gateway =
      new Gateway(
          new Router()
              .on("GET,POST", "/echo/{name}", PlainRequestsTest::echo)
              .on("GET", "/api/v1/echo/{name}", PlainRequestsTest::echo)
              .on("GET,POST", "/api/v1/params", request -> Answer.text(200, params(request)))
              .on(
                  "GET",
                  "/api/v1/text",
                  request ->
                      Answer.text(
                          200, "x".repeat(Integer.parseInt(request.params().first("bytes")))))
              .on(
                  "GET",
                  "/api/v1/zipped",
                  _ -> Answer.text(200, ZIPPED).with("Content-Encoding", "gzip"))
              .on(
                  "GET",
                  "/api/v1/broken",
                  _ ->
                      Answer.json(
                          200,
                          _ -> {
                            throw new IllegalStateException("on purpose");
                          }))
              .on("GET,POST", "/api/v1/waits", this::waitForDeparture)
              .on("POST", "/waits", this::waitForDeparture)
              .on("GET", "/gets", _ -> Answer.text(200, "got"))
              .on("POST", "/empty", _ -> Answer.empty(204).with("X-More", "yes"))
              .on(
                  "POST",
                  "/fails",
                  _ -> {
                    throw new IllegalStateException("on purpose");
                  }),
          "",
          Pattern.compile(".*"),
          new BasicLogins(Map.of()),
          new WebLimits(LIMIT, 1 << 20, Duration.ofMinutes(1), Duration.ofMillis(300), 10),
          new Metrics(),
          () -> 0);
  private final WebServer server =
      WebServer.start(gateway, List.of(new WebServer.Listener("127.0.0.1", 0)));
  private Socket socket = new Socket();

  @BeforeEach
  void connect() throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(Math.toIntExact(Duration.ofMinutes(1).toMillis()));
  }

  @AfterEach
  void stop() throws IOException {
    socket.close();
    server.close();
  }

  /// `<name:bytes:sum of them:how>`, where the way without Micronaut is `direct`.
  private static Answer echo(Request request) {
    int sum = 0;
    for (byte b : request.body()) {
      sum += b;
    }
    return Answer.text(
        200,
        "<%s:%d:%d:%s>"
            .formatted(
                request.named("name"),
                request.body().length,
                sum,
                Thread.currentThread().getName().startsWith(QuestionThreads.NAME)
                    ? "direct"
                    : "routed"));
  }

  private static String params(Request request) {
    return "<%s:%s:%s>".formatted(request.path(), request.query(), request.params().all("a"));
  }

  private Answer waitForDeparture(Request request) throws InterruptedException {
    assertThat(request.header(Author.PEER)).contains("127.0.0.1");
    CountDownLatch gone = new CountDownLatch(1);
    try (Departure.Watch _ = Departure.watch(gone::countDown)) {
      waiting.countDown();
      if (gone.await(60, TimeUnit.SECONDS)) {
        told.countDown();
      }
    }
    return Answer.empty(204);
  }

  private static String get(String path) {
    return "GET %s HTTP/1.1\r\nHost: here\r\n\r\n".formatted(path);
  }

  private static String head(String path, int length, String... more) {
    return "POST %s HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-protobuf\r\nContent-Length: %d\r\n%s\r\n"
        .formatted(path, length, String.join("", more));
  }

  private static String post(String path, int length, String... more) {
    return head(path, length, more) + "\1".repeat(length);
  }

  private void send(String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /// All that the server says until it closes.
  private String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /// What the server says up to this, inclusive.
  private String until(String end) throws IOException {
    StringBuilder said = new StringBuilder();
    while (said.indexOf(end) < 0) {
      int b = socket.getInputStream().read();
      if (b < 0) {
        break;
      }
      said.append((char) b);
    }
    return said.toString();
  }

  private static List<String> echoes(String said) {
    return Pattern.compile("<[^>]*>").matcher(said).results().map(found -> found.group()).toList();
  }

  @Test
  void answersKeepTheOrderOfRequestsThatCameAtOnce() throws Exception {
    send(
        post("/echo/a", 5, "Content-Encoding: snappy\r\n")
            + post("/echo/b", 70_000)
            + get("/echo/c")
            + post("/echo/d", 3)
            + get("/echo/e")
            + get("/echo/f")
            + post("/echo/g", 1)
            + post("/echo/h", 2, "Connection: close\r\n"));
    String said = rest();
    assertThat(echoes(said).stream().map(echo -> echo.substring(0, echo.lastIndexOf(':'))))
        .containsExactly(
            "<a:5:5", "<b:70000:70000", "<c:0:0", "<d:3:3", "<e:0:0", "<f:0:0", "<g:1:1", "<h:2:2");
    assertThat(echoes(said)).contains("<a:5:5:direct>", "<b:70000:70000:direct>", "<c:0:0:routed>");
    assertThat(said).containsIgnoringCase("\r\nconnection: close\r\n");
  }

  @Test
  void questionsAreAnsweredInTheirTurnToo() throws Exception {
    send(
        get("/api/v1/echo/a")
            + post("/echo/b", 3)
            + get("/api/v1/echo/c?x=y%20z")
            + get("/echo/d")
            + get("/api/v1/echo/e")
            + get("/api/v1/echo/g").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    assertThat(echoes(rest()).stream().map(echo -> echo.substring(0, echo.lastIndexOf(':'))))
        .containsExactly("<a:0:0", "<b:3:3", "<c:0:0", "<d:0:0", "<e:0:0", "<g:0:0");
  }

  @Test
  void questionsThatAreNotPlainGoTheOtherWay() throws Exception {
    send(get("/api/v1/echo/a"));
    assertThat(echoes(until(">"))).containsExactly("<a:0:0:direct>");
    for (String header : List.of("Upgrade: h2c", "Content-Length: 0")) {
      send(get("/api/v1/echo/b").replace("\r\n\r\n", "\r\n" + header + "\r\n\r\n"));
      assertThat(until(">")).as(header).doesNotContain("direct");
    }
  }

  @Test
  void answersAreCompressedWhereTheClientAllowsIt() throws Exception {
    for (int bytes : List.of(0, 10, Gzipped.WORTH_BYTES, Gzipped.WORTH_BYTES + 1, 50_000)) {
      for (String accepted : List.of("gzip", "deflate, gzip;q=0.5", "gzip;q=0", "br")) {
        send(
            get("/api/v1/text?bytes=" + bytes)
                .replace("\r\n\r\n", "\r\nAccept-Encoding: " + accepted + "\r\n\r\n"));
        String head = until("\r\n\r\n");
        Matcher length = Pattern.compile("(?i)content-length: (\\d+)\r").matcher(head);
        assertThat(length.find()).isTrue();
        byte[] body = socket.getInputStream().readNBytes(Integer.parseInt(length.group(1)));
        boolean zip =
            bytes > Gzipped.WORTH_BYTES && accepted.contains("gzip") && !accepted.endsWith("=0");
        assertThat(head.toLowerCase(Locale.ROOT).contains("content-encoding: gzip")).isEqualTo(zip);
        assertThat(zip ? unzipped(body) : body)
            .isEqualTo("x".repeat(bytes).getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  private static byte[] unzipped(byte[] body) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }

  @Test
  void whatIsCompressedAlreadyStaysAsItIs() throws Exception {
    send(get("/api/v1/zipped").replace("\r\n\r\n", "\r\nAccept-Encoding: gzip\r\n\r\n"));
    assertThat(until(">>"))
        .containsIgnoringCase("content-encoding: gzip")
        .endsWith("\r\n\r\n" + ZIPPED);
  }

  @Test
  void anAnswerThatCanNotBeWrittenIsAnErrorToo() throws Exception {
    send(get("/api/v1/broken"));
    assertThat(until("log\n")).startsWith("HTTP/1.1 500 Internal Server Error\r\n");
    send(get("/api/v1/echo/next"));
    assertThat(echoes(until(">"))).containsExactly("<next:0:0:direct>");
  }

  @Test
  void logInsAreAskedForHereToo() throws Exception {
    String login = Base64.getEncoder().encodeToString("who:what".getBytes(StandardCharsets.UTF_8));
    try (WebServer closed =
            WebServer.start(closed(), List.of(new WebServer.Listener("127.0.0.1", 0)));
        Socket other = new Socket(InetAddress.getLoopbackAddress(), closed.port())) {
      socket.close();
      socket = other;
      send(get("/api/v1/user"));
      assertThat(until("Unauthorized\n"))
          .startsWith("HTTP/1.1 401 ")
          .containsIgnoringCase("www-authenticate: basic");
      send(
          get("/api/v1/user")
              .replace("\r\n\r\n", "\r\nAuthorization: Basic " + login + "\r\n\r\n"));
      assertThat(until(">")).startsWith("HTTP/1.1 200 ").endsWith("<who>");
    }
  }

  /// Lets one in.
  private static Gateway closed() {
    Router router =
        new Router()
            .on(
                "GET",
                "/api/v1/user",
                request -> Answer.text(200, "<" + request.header(Author.USER).orElse("") + ">"));
    String hash = BCrypt.withDefaults().hashToString(4, "what".toCharArray());
    return new Gateway(
        router,
        "",
        Pattern.compile(".*"),
        new BasicLogins(Map.of("who", hash)),
        WebLimits.DEFAULT,
        new Metrics(),
        () -> 0);
  }

  @Test
  void questionsArriveAsTheyWereMeant() throws Exception {
    send(get("/api/v1/params?a=1&a=%2B2+3&b=%7Bx%3D\"y\"%7D"));
    assertThat(echoes(until(">")))
        .containsExactly("</api/v1/params:a=1&a=%2B2+3&b=%7Bx%3D%22y%22%7D:[1, +2 3]>");
    send(get("/api/v1/ech%6F/x+y"));
    assertThat(echoes(until(">"))).containsExactly("<x+y:0:0:direct>");
    String form = "a=%3D&b=x+y&a=2";
    for (String type :
        List.of(
            "application/x-www-form-urlencoded",
            "Application/X-WWW-Form-URLencoded; charset=utf-8")) {
      send(
          head("/api/v1/params?a=0", form.length()).replace("application/x-protobuf", type) + form);
      assertThat(echoes(until(">"))).containsExactly("</api/v1/params:a=0:[0, =, 2]>");
    }
    send(get("/api/v1/none"));
    assertThat(until("not found\n")).startsWith("HTTP/1.1 404 Not Found\r\n");
  }

  @Test
  void whoeverAsksMayGoAway() throws Exception {
    send(get("/api/v1/waits"));
    assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
    socket.close();
    assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void oneConnectionServesManyWhoseBodiesComeInPieces() throws Exception {
    for (int i = 0; i < 3; i++) {
      send(head("/echo/p" + i, 600_000));
      send("\1".repeat(300_001));
      send("\2".repeat(299_999));
      assertThat(echoes(until(">"))).containsExactly("<p%d:600000:899999:direct>".formatted(i));
      send(get("/echo/q"));
      assertThat(echoes(until(">"))).containsExactly("<q:0:0:routed>");
    }
  }

  @Test
  void whatIsNotPlainGoesTheOtherWay() throws Exception {
    send(post("/echo/a?b=c", 2));
    assertThat(echoes(until(">"))).containsExactly("<a:2:2:routed>");
    send(post("/echo/a%20b", 2));
    assertThat(echoes(until(">"))).containsExactly("<a b:2:2:routed>");
    send(head("/echo/e", 2, "Expect: 100-continue\r\n"));
    assertThat(until("\r\n\r\n")).startsWith("HTTP/1.1 100");
    send("\1\1");
    assertThat(echoes(until(">"))).containsExactly("<e:2:2:routed>");
    send(head("/echo/k", 2).replace("Content-Length: 2", "Transfer-Encoding: chunked"));
    send("2\r\n\1\1\r\n0\r\n\r\n");
    assertThat(echoes(until(">"))).containsExactly("<k:2:2:routed>");
    send(post("/echo/z", 2));
    assertThat(echoes(until(">"))).containsExactly("<z:2:2:direct>");
  }

  @Test
  void errorsAreTheSame() throws Exception {
    send(post("/empty", 1));
    assertThat(until("\r\n\r\n"))
        .startsWith("HTTP/1.1 204 No Content\r\n")
        .containsIgnoringCase("\r\nx-more: yes\r\n")
        .containsIgnoringCase("\r\ndate: ")
        .doesNotContainIgnoringCase("content-length");
    send(post("/nothing", 1));
    assertThat(until("not found\n")).startsWith("HTTP/1.1 404 Not Found\r\n");
    send(post("/gets", 1));
    assertThat(until("Allowed\n"))
        .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
        .contains("GET");
    send(post("/fails", 1));
    assertThat(until("log\n")).startsWith("HTTP/1.1 500 Internal Server Error\r\n");
    send(post("/echo/x", 1, "Origin: http://a.example\r\n"));
    assertThat(until(">")).containsIgnoringCase("access-control-allow-origin: *");
    send(head("/echo/large", LIMIT + 1));
    assertThat(until("\r\n\r\n")).startsWith("HTTP/1.1 413 ");
  }

  @Test
  void whatHasHalfComeWhenTheServerStopsIsRefused() throws Exception {
    send(post("/echo/first", 1) + head("/echo/half", 10) + "\1\1\1");
    assertThat(echoes(until(">"))).containsExactly("<first:1:1:direct>");
    assertThat(gateway.stop(Duration.ofMinutes(1))).as("none is under way").isTrue();
    send("\1".repeat(7));
    assertThat(until("stops\n"))
        .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
        .containsIgnoringCase("\r\nretry-after: 1\r\n");
    send(post("/echo/more", 1));
    assertThat(rest()).startsWith("HTTP/1.1 503 ");
  }

  @Test
  void aClientThatGoesAwayIsNoticed() throws Exception {
    send(post("/waits", 1));
    assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(told.getCount()).isOne();
    socket.close();
    assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
  }
}
