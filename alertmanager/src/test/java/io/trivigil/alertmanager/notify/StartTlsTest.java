package io.trivigil.alertmanager.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.DummySSLServerSocketFactory;
import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Delivery;
import io.trivigil.alertmanager.state.Payload;
import io.trivigil.config.http.SecretFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/// STARTTLS and CRAM-MD5, against a server of a page, for GreenMail knows neither.
class StartTlsTest {
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private String dataAnswer = "250 taken";

  private static SSLContext context() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (var in =
        DummySSLServerSocketFactory.class.getResourceAsStream(
            "/" + DummySSLServerSocketFactory.GREENMAIL_KEYSTORE_P12)) {
      store.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private void serve(ServerSocket server, SSLContext context) {
    try {
      talk(server.accept(), context, false);
    } catch (Exception e) {
      heard.add("failed: " + e);
    }
  }

  private void talk(Socket socket, SSLContext context, boolean secure) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    OutputStream out = socket.getOutputStream();
    if (!secure) {
      say(out, "220 hello");
    }
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      heard.add((secure ? "tls " : "plain ") + line);
      switch (line.split(" ")[0].toUpperCase(Locale.ROOT)) {
        case "EHLO" ->
            say(out, secure ? "250-me\r\n250 AUTH CRAM-MD5 PLAIN" : "250-me\r\n250 STARTTLS");
        case "STARTTLS" -> {
          say(out, "220 go on");
          SSLSocket tls =
              (SSLSocket)
                  context.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
          tls.setUseClientMode(false);
          talk(tls, context, true);
          return;
        }
        case "AUTH" -> {
          if (line.contains("CRAM-MD5")) {
            say(
                out,
                "334 "
                    + Base64.getEncoder()
                        .encodeToString("<1@me>".getBytes(StandardCharsets.US_ASCII)));
            String answer =
                new String(Base64.getDecoder().decode(in.readLine()), StandardCharsets.US_ASCII);
            Mac mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec("precious".getBytes(StandardCharsets.US_ASCII), "HmacMD5"));
            String hash =
                HexFormat.of().formatHex(mac.doFinal("<1@me>".getBytes(StandardCharsets.US_ASCII)));
            say(out, answer.equals("user " + hash) ? "235 welcome" : "535 no");
          } else {
            String[] words =
                new String(Base64.getDecoder().decode(line.split(" ")[2]), StandardCharsets.UTF_8)
                    .split("\0", -1);
            say(
                out,
                words[1].equals("user") && words[2].equals("secret") ? "235 welcome" : "535 no");
          }
        }
        case "DATA" -> {
          say(out, "354 go on");
          while (!in.readLine().equals(".")) {
            heard.add("data");
          }
          say(out, dataAnswer);
        }
        case "QUIT" -> {
          say(out, "221 bye");
          return;
        }
        default -> say(out, "250 ok");
      }
    }
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private Delivery send(String more) throws Exception {
    SSLContext context = context();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> serve(server, context));
      Integration.Email email =
          (Integration.Email)
              Fixtures.integration(
                  """
                  email_configs:
                    - to: a@example.org
                      smarthost: 'localhost:%d'
                      require_tls: true
                      auth_username: user
                      %s
                  """
                      .formatted(server.getLocalPort(), more));
      Payload payload =
          new MailComposer(Templates.of(Map.of()), "us", "")
              .compose(email, Fixtures.notification(Fixtures.down()), "id1");
      return new MailSender(SecretFiles.DISK)
          .send(Fixtures.attempt("id1", payload), email, Duration.ofMinutes(1), () -> true);
    }
  }

  @Test
  void logsInAfterStartTls() throws Exception {
    assertThat(send("tls_config: {insecure_skip_verify: true}\n    auth_password: secret"))
        .as(heard.toString())
        .isEqualTo(new Delivery.Delivered());
    assertThat(heard).contains("tls MAIL FROM:<am@example.org>", "tls RCPT TO:<a@example.org>");
    assertThat(heard)
        .noneMatch(line -> line.startsWith("plain AUTH") || line.startsWith("plain MAIL"));
  }

  @Test
  void knowsCramMd5() throws Exception {
    assertThat(send("tls_config: {insecure_skip_verify: true}\n    auth_secret: precious"))
        .as(heard.toString())
        .isEqualTo(new Delivery.Delivered());
    assertThat(heard).contains("tls AUTH CRAM-MD5");
  }

  @Test
  void aCertificateThatNobodyTrustsEndsIt() throws Exception {
    assertThat(send("auth_password: secret")).isInstanceOf(Delivery.Retry.class);
    assertThat(heard).noneMatch(line -> line.contains("MAIL"));
  }

  @Test
  void aRefusalForGoodIsNotTriedAgain() throws Exception {
    dataAnswer = "554 spam";
    assertThat(send("tls_config: {insecure_skip_verify: true}\n    auth_password: secret"))
        .isEqualTo(new Delivery.Failed("clientError", "554 spam"));
    dataAnswer = "451 later";
    assertThat(send("tls_config: {insecure_skip_verify: true}\n    auth_password: secret"))
        .isEqualTo(new Delivery.Retry("serverError", "451 later"));
  }
}
