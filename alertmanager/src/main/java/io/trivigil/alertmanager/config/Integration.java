package io.trivigil.alertmanager.config;

import io.trivigil.config.http.HttpConfig;
import io.trivigil.config.http.SecretSource;
import io.trivigil.config.http.TlsConfig;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One way in which a receiver is told, with the defaults of `global` filled in.
public sealed interface Integration {
  /// Its kind: `webhook`, `email` …
  String kind();

  /// Which of its kind within the receiver, from 0.
  int index();

  /// Whether it is told of ends.
  boolean sendResolved();

  /// A request with a JSON body.
  ///
  /// @param url a template, in the configuration or in a file
  /// @param maxAlerts how many alerts one body may have; 0 for no limit
  /// @param timeout of one request; zero for the default
  /// @param payload a template that replaces the body, empty for the usual one
  record Webhook(
      int index,
      boolean sendResolved,
      HttpConfig http,
      SecretSource url,
      long maxAlerts,
      Duration timeout,
      String payload)
      implements Integration {
    @Override
    public String kind() {
      return "webhook";
    }
  }

  /// A mail.
  ///
  /// @param headers names in canonical form with templates; `To`, `From` and `Subject` override
  /// @param html a template, empty for no such part
  /// @param text a template, empty for no such part
  /// @param threading whether the mails of one group are a thread
  record Email(
      int index,
      boolean sendResolved,
      String to,
      String from,
      String host,
      int port,
      String hello,
      Auth auth,
      boolean requireTls,
      Optional<Boolean> forceImplicitTls,
      TlsConfig tls,
      Map<String, String> headers,
      String html,
      String text,
      Threading threading)
      implements Integration {
    public Email {
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    @Override
    public String kind() {
      return "email";
    }
  }

  /// How a mail client logs in; nobody logs in without a user name.
  ///
  /// @param password for PLAIN and LOGIN
  /// @param secret for CRAM-MD5
  record Auth(
      String username,
      Optional<SecretSource> password,
      Optional<SecretSource> secret,
      String identity) {
    /// No log-in.
    public static final Auth NONE = new Auth("", Optional.empty(), Optional.empty(), "");
  }

  /// Whether mails of a group refer to one thread, and by which day.
  record Threading(boolean enabled, String byDate) {}

  /// A kind that is read and checked, but not sent by this version.
  record Unsent(String kind, int index, boolean sendResolved) implements Integration {}
}
