package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Delivery;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.config.http.SecretFiles;
import io.trivigil.config.http.SecretSource;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/// Sends mails by SMTP. Thread-safe; one connection for each mail.
///
/// TLS from the first byte on port 465 or where it is forced; else STARTTLS where it is required,
/// and no TLS where it is not, as upstream. A mail that waits too long is interrupted, which closes
/// its socket.
final class MailSender {
  private static final int SMTPS_PORT = 465;
  private static final String PREFIX = "mail.smtp.";

  private final SecretFiles files;

  MailSender(SecretFiles files) {
    this.files = files;
  }

  Delivery send(
      Attempt attempt, Integration.Email email, Duration timeout, BooleanSupplier mayWrite) {
    Thread self = Thread.currentThread();
    AtomicBoolean late = new AtomicBoolean();
    CompletableFuture<Void> watch =
        CompletableFuture.runAsync(
            () -> {
              late.set(true);
              self.interrupt();
            },
            CompletableFuture.delayedExecutor(
                timeout.toMillis(),
                TimeUnit.MILLISECONDS,
                run -> Thread.ofVirtual().name("mail-deadline").start(run)));
    try {
      return deliver(attempt, email, timeout, mayWrite);
    } catch (SMTPSendFailedException e) {
      return refused(e);
    } catch (AuthenticationFailedException e) {
      return new Delivery.Retry("clientError", "log-in failed: " + e.getMessage());
    } catch (MessagingException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof SMTPSendFailedException smtp) {
          return refused(smtp);
        }
      }
      return late.get()
          ? new Delivery.Retry("contextDeadlineExceeded", "no answer within " + timeout)
          : new Delivery.Retry("other", String.valueOf(e.getMessage()));
    } catch (IOException | GeneralSecurityException e) {
      return new Delivery.Retry("clientError", String.valueOf(e.getMessage()));
    } finally {
      watch.cancel(false);
    }
  }

  private static Delivery refused(SMTPSendFailedException e) {
    String reason = String.valueOf(e.getMessage()).strip();
    return e.getReturnCode() / 100 == 5
        ? new Delivery.Failed("clientError", reason)
        : new Delivery.Retry("serverError", reason);
  }

  private Delivery deliver(
      Attempt attempt, Integration.Email email, Duration timeout, BooleanSupplier mayWrite)
      throws MessagingException, IOException, GeneralSecurityException {
    List<String> envelope = attempt.payload().addresses();
    Session session = Session.getInstance(properties(email, envelope.getFirst(), timeout));
    MimeMessage message = new Ready(session, attempt.payload().body());
    Address[] recipients = new Address[envelope.size() - 1];
    for (int i = 0; i < recipients.length; i++) {
      recipients[i] = new InternetAddress(envelope.get(i + 1));
    }
    try (SMTPTransport transport = (SMTPTransport) session.getTransport("smtp")) {
      Integration.Auth auth = email.auth();
      if (auth.username().isEmpty()) {
        transport.connect(email.host(), email.port(), null, null);
      } else {
        String password = password(auth);
        transport.connect(email.host(), email.port(), auth.username(), password);
      }
      if (!mayWrite.getAsBoolean()) {
        return new Delivery.NotWritten();
      }
      transport.sendMessage(message, recipients);
      return new Delivery.Delivered();
    }
  }

  private String password(Integration.Auth auth) throws IOException {
    Optional<SecretSource> source = auth.password().or(auth::secret);
    return source.isEmpty() ? "" : source.get().resolve(files).reveal();
  }

  private Properties properties(Integration.Email email, String sender, Duration timeout)
      throws IOException, GeneralSecurityException {
    Properties properties = new Properties();
    String millis = Long.toString(Math.max(1, timeout.toMillis()));
    properties.put(PREFIX + "connectiontimeout", millis);
    properties.put(PREFIX + "timeout", millis);
    properties.put(PREFIX + "localhost", email.hello());
    properties.put(PREFIX + "from", sender);
    properties.put(PREFIX + "allow8bitmime", "false");
    properties.put(PREFIX + "sendpartial", "false");
    properties.put(PREFIX + "quitwait", "false");
    boolean implicit = email.forceImplicitTls().orElse(email.port() == SMTPS_PORT);
    if (implicit || email.requireTls()) {
      properties.put(PREFIX + (implicit ? "ssl.enable" : "starttls.enable"), "true");
      properties.put(PREFIX + "starttls.required", Boolean.toString(!implicit));
      properties.put(
          PREFIX + "ssl.socketFactory", MailTls.factory(email.tls(), files, email.host()));
      // The factory checks the name, against the one that the configuration may give.
      properties.put(PREFIX + "ssl.checkserveridentity", "false");
    }
    Integration.Auth auth = email.auth();
    if (!auth.username().isEmpty()) {
      properties.put(PREFIX + "auth", "true");
      if (auth.password().isPresent()) {
        properties.put(PREFIX + "auth.mechanisms", "PLAIN LOGIN");
        if (!auth.identity().isEmpty()) {
          properties.put(PREFIX + "sasl.authorizationid", auth.identity());
        }
      } else {
        properties.put(PREFIX + "sasl.enable", "true");
        properties.put(PREFIX + "sasl.mechanisms", "CRAM-MD5");
      }
    }
    return properties;
  }

  /// A mail whose bytes are ready.
  private static final class Ready extends MimeMessage {
    private final byte[] bytes;

    Ready(Session session, byte[] bytes) throws MessagingException {
      super(session, new java.io.ByteArrayInputStream(bytes));
      this.bytes = bytes;
    }

    @Override
    public void writeTo(OutputStream out, String[] ignored) throws IOException {
      out.write(bytes);
    }
  }
}
