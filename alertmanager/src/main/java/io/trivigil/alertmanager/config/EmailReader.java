package io.trivigil.alertmanager.config;

import io.trivigil.config.YamlMap;
import io.trivigil.config.http.SecretSource;
import io.trivigil.config.http.TlsConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads `email_configs`.
final class EmailReader {
  static final String DEFAULT_HTML = "{{ template \"email.default.html\" . }}";

  private final Globals globals;
  private final Path folder;

  EmailReader(Globals globals, Path folder) {
    this.globals = globals;
    this.folder = folder;
  }

  Integration read(YamlMap map, int index) {
    if (map.string("to", "").isEmpty()) {
      map.problem("to", "missing to address in email config");
    }
    String from = orGlobal(map, "from", "smtp_from");
    if (from.isEmpty()) {
      map.problem("from", "no global SMTP from set");
    }
    String smarthost = orGlobal(map, "smarthost", "smtp_smarthost");
    if (smarthost.isEmpty()) {
      map.problem("smarthost", "no global SMTP smarthost set");
    }
    int colon = smarthost.lastIndexOf(':');
    int port = 0;
    if (!smarthost.isEmpty()) {
      try {
        port = Integer.parseInt(smarthost.substring(colon + 1));
      } catch (NumberFormatException e) {
        map.problem("smarthost", "address %s: port cannot be empty".formatted(smarthost));
      }
    }
    String host = colon < 0 ? smarthost : smarthost.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    TlsConfig tls = TlsReader.read(map, "tls_config", folder).orElse(globals.smtpTls());
    String hello = orGlobal(map, "hello", "smtp_hello");
    return new Integration.Email(
        index,
        map.bool("send_resolved", false),
        map.string("to", ""),
        from,
        bracketed ? host.substring(1, host.length() - 1) : host,
        port,
        hello.isEmpty() ? "localhost" : hello,
        auth(map),
        map.bool("require_tls", globals.smtpRequireTls()),
        map.bool("force_implicit_tls").or(globals::smtpForceImplicitTls),
        tls,
        headers(map),
        map.string("html", DEFAULT_HTML),
        map.string("text", ""),
        threading(map));
  }

  private String orGlobal(YamlMap map, String key, String global) {
    String own = map.string(key, "");
    return own.isEmpty() ? globals.text(global, "") : own;
  }

  private Integration.Auth auth(YamlMap map) {
    return new Integration.Auth(
        orGlobal(map, "auth_username", "smtp_auth_username"),
        secret(map, "auth_password").or(globals::smtpPassword),
        secret(map, "auth_secret").or(globals::smtpSecret),
        orGlobal(map, "auth_identity", "smtp_auth_identity"));
  }

  private Optional<SecretSource> secret(YamlMap map, String key) {
    if (SecretSource.isTwice(map, key)) {
      map.problem(key, "at most one of %s & %s_file must be configured".formatted(key, key));
    }
    return SecretSource.read(map, key, folder);
  }

  private static Map<String, String> headers(YamlMap map) {
    Map<String, String> headers = new LinkedHashMap<>();
    map.stringMap("headers")
        .forEach(
            (name, template) -> {
              String canonical = canonical(name);
              if (headers.putIfAbsent(canonical, template) != null) {
                map.problem(
                    "headers", "duplicate header \"%s\" in email config".formatted(canonical));
              }
            });
    return headers;
  }

  // Go's canonical form: x-my-header is X-My-Header.
  private static String canonical(String name) {
    StringBuilder out = new StringBuilder();
    boolean upper = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      String one = String.valueOf(c);
      out.append(upper ? one.toUpperCase(Locale.ROOT) : one.toLowerCase(Locale.ROOT));
      upper = c == '-';
    }
    return out.toString();
  }

  private static Integration.Threading threading(YamlMap map) {
    return map.object(
            "threading",
            "ThreadingConfig",
            fields -> {
              String byDate = fields.string("thread_by_date", "daily");
              if (!byDate.equals("daily") && !byDate.equals("none")) {
                fields.problem("thread_by_date", "thread_by_date must be daily or none");
              }
              return new Integration.Threading(fields.bool("enabled", false), byDate);
            })
        .orElse(new Integration.Threading(false, "daily"));
  }
}
