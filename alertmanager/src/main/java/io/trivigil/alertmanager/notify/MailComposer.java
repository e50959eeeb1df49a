package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Renderer.RenderException;
import io.trivigil.alertmanager.state.Payload;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes a mail as bytes. The same notification and attempt give the same bytes.
///
/// Headers, then `multipart/alternative` with the text part before the HTML part, both
/// quoted-printable in UTF-8. The Message-ID is the attempt's id: what a mailbox tells copies by.
final class MailComposer {
  private static final String DEFAULT_SUBJECT = "{{ template \"email.default.subject\" . }}";
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Templates templates;
  private final String host;
  private final String subjectPrefix;

  MailComposer(Templates templates, String host, String subjectPrefix) {
    this.subjectPrefix = subjectPrefix;
    this.templates = templates;
    this.host = host;
  }

  /// The mail, and its envelope: the sender, then all recipients.
  Payload compose(Integration.Email email, Notification told, String attemptId)
      throws RenderException {
    List<String> envelope = new ArrayList<>();
    List<String> senders = addresses("from", templates.text(email.from(), told));
    if (senders.size() != 1) {
      throw new RenderException(
          "must be exactly one 'from' address (got: %d)".formatted(senders.size()));
    }
    envelope.addAll(senders);
    envelope.addAll(addresses("to", templates.text(email.to(), told)));
    if (envelope.size() < 2) {
      throw new RenderException("there is no 'to' address");
    }
    Map<String, String> templated = new LinkedHashMap<>();
    templated.put("Subject", DEFAULT_SUBJECT);
    templated.put("To", email.to());
    templated.put("From", email.from());
    templated.putAll(email.headers());
    StringBuilder head = new StringBuilder();
    for (Map.Entry<String, String> header : templated.entrySet()) {
      String prefix = header.getKey().equalsIgnoreCase("Subject") ? subjectPrefix : "";
      String value = prefix + templates.text(header.getValue(), told);
      head.append(header.getKey()).append(": ");
      head.append(HeaderText.encode(header.getKey(), value)).append("\r\n");
    }
    if (!templated.containsKey("Message-Id")) {
      head.append("Message-Id: <").append(attemptId).append('@').append(host).append(">\r\n");
    }
    if (email.threading().enabled()) {
      String thread = thread(email, told);
      head.append("References: ").append(thread).append("\r\n");
      head.append("In-Reply-To: ").append(thread).append("\r\n");
    }
    String boundary = "=_" + attemptId;
    head.append("Date: ").append(DATE.format(Instant.ofEpochMilli(told.nowMs()))).append("\r\n");
    head.append("MIME-Version: 1.0\r\n");
    head.append("Content-Type: multipart/alternative;\r\n boundary=\"");
    head.append(boundary).append("\"\r\n\r\n");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
    part(out, boundary, "text/plain", templates.text(email.text(), told));
    part(out, boundary, "text/html", templates.html(email.html(), told));
    out.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    return new Payload(envelope, out.toByteArray());
  }

  private static List<String> addresses(String what, String list) throws RenderException {
    try {
      List<String> addresses = new ArrayList<>();
      for (InternetAddress address : InternetAddress.parse(list, true)) {
        addresses.add(address.getAddress());
      }
      return addresses;
    } catch (AddressException e) {
      throw new RenderException("parse '%s' addresses: %s".formatted(what, e.getMessage()));
    }
  }

  private String thread(Integration.Email email, Notification told) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(told.groupKey().getBytes(StandardCharsets.UTF_8));
      String id = "alert-" + HexFormat.of().formatHex(hash, 0, 16);
      if (email.threading().byDate().equals("daily")) {
        id += "-" + DAY.format(Instant.ofEpochMilli(told.nowMs()));
      }
      return "<" + id + "@" + host + ">";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static void part(ByteArrayOutputStream out, String boundary, String type, String body) {
    if (body.isEmpty()) {
      return;
    }
    String head =
        "--%s\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: %s; charset=UTF-8\r\n\r\n"
            .formatted(boundary, type);
    out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    String lines = body.replace("\r\n", "\n").replace("\n", "\r\n");
    try (OutputStream encoder = MimeUtility.encode(out, "quoted-printable")) {
      encoder.write(lines.getBytes(StandardCharsets.UTF_8));
    } catch (MessagingException | IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
  }
}
