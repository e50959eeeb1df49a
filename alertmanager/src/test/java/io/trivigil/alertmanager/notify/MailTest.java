package io.trivigil.alertmanager.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Delivery;
import io.trivigil.alertmanager.state.Payload;
import io.trivigil.config.http.SecretFiles;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MailTest {
  private static final String MAIL =
      """
      email_configs:
        - to: 'A Team <a@example.org>, b@example.org'
          smarthost: 'localhost:%d'
          headers: {subject: '【紧急】{{ .CommonLabels.alertname }}', X-Group: '{{ .GroupLabels }}'}
          html: '<h3>{{ range .Alerts }}{{ .Annotations.description }}{{ end }}</h3>'
          text: '{{ .Status }} 告警'
          threading: {enabled: true}
          %s
      """;

  private GreenMail server = new GreenMail();

  private int start(String protocol) {
    server = new GreenMail(new ServerSetup(0, "127.0.0.1", protocol));
    server.start();
    return protocol.equals("smtps") ? server.getSmtps().getPort() : server.getSmtp().getPort();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private static Delivery send(Integration.Email email, Payload payload, BooleanSupplier mayWrite) {
    return new MailSender(SecretFiles.DISK)
        .send(Fixtures.attempt("abc123", payload), email, Duration.ofMinutes(1), mayWrite);
  }

  private static Payload compose(Integration.Email email) throws Exception {
    return new MailComposer(Templates.of(Map.of()), "cluster.trivigil", "")
        .compose(email, Fixtures.notification(Fixtures.down()), "abc123");
  }

  private static Integration.Email email(int port, String more) throws Exception {
    return (Integration.Email) Fixtures.integration(MAIL.formatted(port, more));
  }

  @Test
  void aMailArrivesByteForByte() throws Exception {
    Integration.Email email = email(start("smtp"), "");
    Payload payload = compose(email);
    assertThat(compose(email)).isEqualTo(payload);
    assertThat(payload.addresses())
        .containsExactly("am@example.org", "a@example.org", "b@example.org");
    assertThat(send(email, payload, () -> true)).isEqualTo(new Delivery.Delivered());
    MimeMessage[] received = server.getReceivedMessages();
    assertThat(received).hasSize(2); // one for each recipient
    MimeMessage mail = received[0];
    assertThat(mail.getSubject()).isEqualTo("【紧急】Down");
    assertThat(mail.getMessageID()).isEqualTo("<abc123@cluster.trivigil>");
    assertThat(mail.getHeader("To", null)).isEqualTo("A Team <a@example.org>, b@example.org");
    assertThat(mail.getHeader("X-Group", null)).isEqualTo("alertname=Down");
    assertThat(mail.getHeader("Date", null)).isEqualTo("Sun, 01 Mar 2026 12:00:00 +0000");
    assertThat(mail.getHeader("References", null))
        .startsWith("<alert-")
        .endsWith("-2026-03-01@cluster.trivigil>");
    MimeMultipart parts = (MimeMultipart) mail.getContent();
    assertThat(parts.getCount()).isEqualTo(2);
    assertThat(parts.getBodyPart(0).getContentType()).isEqualTo("text/plain; charset=UTF-8");
    assertThat(((String) parts.getBodyPart(0).getContent()).strip()).isEqualTo("firing 告警");
    assertThat(((String) parts.getBodyPart(1).getContent()).strip())
        .isEqualTo("<h3>主库 &lt;down&gt; &amp; out</h3>");
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    mail.writeTo(raw);
    String sent = new String(payload.body(), StandardCharsets.UTF_8);
    assertThat(raw.toString(StandardCharsets.UTF_8)).endsWith(sent.strip());
  }

  @Test
  void logsInOverImplicitTls() throws Exception {
    int port = start("smtps");
    server.setUser("am@example.org", "user", "secret");
    String tls = "force_implicit_tls: true\n    tls_config: {insecure_skip_verify: true}\n    ";
    Integration.Email good = email(port, tls + "auth_username: user\n    auth_password: secret");
    assertThat(send(good, compose(good), () -> true)).isEqualTo(new Delivery.Delivered());
    Integration.Email unchecked = email(port, "force_implicit_tls: true");
    assertThat(send(unchecked, compose(unchecked), () -> true)).isInstanceOf(Delivery.Retry.class);
    Integration.Email bad = email(port, tls + "auth_username: user\n    auth_password: wrong");
    Delivery refused = send(bad, compose(bad), () -> true);
    assertThat(refused).isInstanceOf(Delivery.Retry.class);
    assertThat(refused.toString()).contains("log-in failed").doesNotContain("wrong");
    assertThat(server.getReceivedMessages()).hasSize(2);
  }

  @Test
  void withoutStartTlsNothingIsSentThatRequiresIt() throws Exception {
    Integration.Email email = email(start("smtp"), "require_tls: true");
    assertThat(send(email, compose(email), () -> true)).isInstanceOf(Delivery.Retry.class);
    assertThat(server.getReceivedMessages()).isEmpty();
  }

  @Test
  void whoLostTheLeadWritesNothing() throws Exception {
    Integration.Email email = email(start("smtp"), "");
    assertThat(send(email, compose(email), () -> false)).isEqualTo(new Delivery.NotWritten());
    assertThat(server.getReceivedMessages()).isEmpty();
  }

  @Test
  void longSubjectsAreFoldedIntoWholeCharacters() {
    String words = HeaderText.words("志航密信严重告警！".repeat(6));
    for (String line : words.split("\r\n ")) {
      assertThat(line.length()).isLessThanOrEqualTo(75);
      assertThat(line).startsWith("=?UTF-8?q?").endsWith("?=");
    }
    assertThat(HeaderText.encode("Subject", "a\nBcc: x@y")).doesNotContain("\n");
  }
}
