package io.trivigil.web.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.metric.Metrics;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Held;
import io.trivigil.web.http.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Answers that do not fit into the window in which they wait for their client.
class LargeAnswersTest {
  /// What the addresses begin with: some are answered without Micronaut.
  String prefix() {
    return "";
  }

  private static final int WINDOW = 64 << 10;
  private static final int LARGE = 20 << 20;
  private static final byte[] LINE =
      "0123456789abcde\n".repeat(64).getBytes(StandardCharsets.UTF_8);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Metrics metrics = new Metrics();

  /// How each body ended: what was written, and what stopped it.
  private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();

  private final BlockingQueue<String> released = new LinkedBlockingQueue<>();
  private WebServer server = serving(Duration.ofMinutes(10));

  private record End(long bytes, String problem) {}

  private WebServer serving(Duration maxStall) {
    Router router =
        new Router()
            .on("GET", prefix() + "/large", _ -> body(LARGE, false))
            .on("GET", prefix() + "/endless", _ -> body(Long.MAX_VALUE, false))
            .on("GET", prefix() + "/breaks", _ -> body(LARGE, true))
            .on("GET", prefix() + "/overflows", _ -> overflowing())
            .on("GET", prefix() + "/small", _ -> body(1_024, false));
    Gateway gateway =
        new Gateway(
            router,
            "",
            Pattern.compile(".*"),
            new BasicLogins(Map.of()),
            new WebLimits(1 << 20, WINDOW, maxStall, Duration.ofMillis(300), 10),
            metrics,
            () -> 0);
    return WebServer.start(gateway, List.of(new WebServer.Listener("127.0.0.1", 0)));
  }

  private Answer body(long bytes, boolean breaks) {
    Held.untilWritten(() -> released.add("released"));
    return new Answer(200, Answer.TEXT, out -> write(out, bytes, breaks), Map.of());
  }

  /// An error, which is no exception, when much has been sent.
  private Answer overflowing() {
    Held.untilWritten(() -> released.add("released"));
    return new Answer(
        200,
        Answer.TEXT,
        out -> {
          write(out, LARGE, false);
          throw new StackOverflowError("on purpose");
        },
        Map.of());
  }

  private void write(OutputStream out, long bytes, boolean breaks) throws IOException {
    long written = 0;
    try {
      assertThat(released).isEmpty();
      while (written < bytes) {
        out.write(LINE);
        written += LINE.length;
      }
      if (breaks) {
        throw new IOException("broken on purpose");
      }
      ends.add(new End(written, ""));
    } catch (IOException e) {
      ends.add(new End(written, String.valueOf(e.getMessage())));
      throw e;
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theyArriveWhole() throws Exception {
    HttpResponse<byte[]> answer = client.send(get("/large"), BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-length")).isEmpty();
    assertThat(answer.headers().firstValue("content-type")).contains(Answer.TEXT);
    assertThat(answer.body()).hasSize(LARGE);
    byte[] expected = new byte[LARGE];
    for (int at = 0; at < LARGE; at += LINE.length) {
      System.arraycopy(LINE, 0, expected, at, LINE.length);
    }
    assertThat(Arrays.equals(answer.body(), expected)).isTrue();
    assertThat(end()).isEqualTo(new End(LARGE, ""));
    assertThat(released.poll(60, TimeUnit.SECONDS)).isEqualTo("released");
  }

  @Test
  void theyMayBeCompressed() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/large")).header("Accept-Encoding", "gzip").build();
    HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
    assertThat(answer.headers().firstValue("content-encoding")).contains("gzip");
    try (InputStream body = new GZIPInputStream(answer.body())) {
      assertThat(body.transferTo(OutputStream.nullOutputStream())).isEqualTo(LARGE);
    }
    assertThat(end()).isEqualTo(new End(LARGE, ""));
  }

  @Test
  void aSmallOneTellsItsLength() throws Exception {
    HttpResponse<String> answer = client.send(get("/small"), BodyHandlers.ofString());
    assertThat(answer.headers().firstValue("content-length")).contains("1024");
    assertThat(answer.body()).hasSize(1_024);
    assertThat(released.poll(60, TimeUnit.SECONDS)).isEqualTo("released");
  }

  @Test
  void nobodyIsWrittenToWhoOnlyWantsTheHead() throws Exception {
    HttpRequest head = HttpRequest.newBuilder(uri("/endless")).HEAD().build();
    assertThat(client.send(head, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    assertThat(end().problem()).contains("the client went away");
    assertThat(released.poll(60, TimeUnit.SECONDS)).isEqualTo("released");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/breaks", "/overflows"})
  void aBrokenOneIsNotTakenForWhole(String path) throws Exception {
    assertThatThrownBy(() -> client.send(get(path), BodyHandlers.ofByteArray()))
        .isInstanceOf(IOException.class);
    assertThat(released.poll(60, TimeUnit.SECONDS)).isEqualTo("released");
    assertThat(cutOff()).isOne();
  }

  @Test
  void theWriterEndsWhenTheClientGoesAway() throws Exception {
    try (Socket socket = asking("/endless")) {
      assertThat(socket.getInputStream().readNBytes(1 << 20)).hasSize(1 << 20);
      assertThat(released).isEmpty();
    }
    assertThat(end().problem()).contains("the client went away");
    assertThat(released.poll(60, TimeUnit.SECONDS)).isEqualTo("released");
  }

  @Test
  void theWriterWaitsForItsClientButNotForEver() throws Exception {
    server.close();
    server = serving(Duration.ofMillis(200));
    try (Socket _ = asking("/endless")) {
      End end = end();
      assertThat(end.problem()).contains("the client took nothing of the answer for PT0.2S");
      assertThat(end.bytes()).as("the window and the sockets' buffers").isLessThan(64 << 20);
      assertThat(released.poll(60, TimeUnit.SECONDS)).isEqualTo("released");
      assertThat(cutOff()).isOne();
    }
  }

  private double cutOff() {
    return metrics.counter("trivigil_http_answers_cut_off_total", "").value();
  }

  private End end() throws InterruptedException {
    End end = ends.poll(60, TimeUnit.SECONDS);
    return end == null ? new End(-1, "no end") : end;
  }

  private Socket asking(String path) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket
        .getOutputStream()
        .write(
            "GET %s HTTP/1.1\r\nHost: h\r\n\r\n"
                .formatted(prefix() + path)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private HttpRequest get(String path) {
    return HttpRequest.newBuilder(uri(path)).build();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + prefix() + path);
  }
}
