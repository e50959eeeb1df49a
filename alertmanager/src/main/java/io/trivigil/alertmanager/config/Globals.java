package io.trivigil.alertmanager.config;

import io.trivigil.config.YamlMap;
import io.trivigil.config.http.HttpConfig;
import io.trivigil.config.http.SecretSource;
import io.trivigil.config.http.TlsConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The block `global`: what integrations fall back to.
///
/// @param texts the texts of the plain fields that are there
/// @param present the names of all fields that are there and not empty
record Globals(
    Duration resolveTimeout,
    HttpConfig http,
    TlsConfig smtpTls,
    boolean smtpRequireTls,
    Optional<Boolean> smtpForceImplicitTls,
    Optional<SecretSource> smtpPassword,
    Optional<SecretSource> smtpSecret,
    Map<String, String> texts,
    Set<String> present) {

  static final Globals NONE =
      new Globals(
          Duration.ofMinutes(5),
          HttpConfig.DEFAULT,
          TlsConfig.DEFAULT,
          true,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Set.of());

  private static final List<String> TEXTS =
      List.of(
          "smtp_from",
          "smtp_smarthost",
          "smtp_hello",
          "smtp_auth_username",
          "smtp_auth_identity",
          "wechat_api_corp_id");

  private static final List<String> URLS =
      List.of(
          "slack_api_url",
          "slack_app_url",
          "pagerduty_url",
          "opsgenie_api_url",
          "victorops_api_url",
          "wechat_api_url",
          "telegram_api_url",
          "webex_api_url",
          "jira_api_url",
          "rocketchat_api_url",
          "mattermost_webhook_url");

  private static final List<String> SECRETS =
      List.of(
          "slack_app_token",
          "opsgenie_api_key",
          "victorops_api_key",
          "wechat_api_secret",
          "telegram_bot_token",
          "rocketchat_token",
          "rocketchat_token_id");

  static Globals read(YamlMap map, Path folder) {
    Map<String, String> texts = new java.util.LinkedHashMap<>();
    TEXTS.forEach(key -> map.string(key).ifPresent(text -> texts.put(key, text)));
    for (String key : URLS) {
      map.string(key)
          .ifPresent(
              text -> {
                texts.put(key, text);
                checkUrl(map, key, text);
              });
    }
    SECRETS.forEach(map::secret);
    Optional<SecretSource> password = SecretSource.read(map, "smtp_auth_password", folder);
    Optional<SecretSource> secret = SecretSource.read(map, "smtp_auth_secret", folder);
    Set<String> present = present(map);
    for (String key : present) {
      if (present.contains(key + "_file")) {
        map.problem(
            key + "_file", "at most one of %s & %s_file must be configured".formatted(key, key));
      }
    }
    checkSlack(map, texts, present);
    HttpConfig http =
        map.object("http_config", "HTTPClientConfig", fields -> HttpConfig.read(fields, folder))
            .orElse(HttpConfig.DEFAULT);
    return new Globals(
        map.duration("resolve_timeout", NONE.resolveTimeout()),
        http,
        TlsReader.read(map, "smtp_tls_config", folder).orElse(TlsConfig.DEFAULT),
        map.bool("smtp_require_tls", true),
        map.bool("smtp_force_implicit_tls"),
        password,
        secret,
        texts,
        present);
  }

  private static Set<String> present(YamlMap map) {
    Set<String> present = new HashSet<>();
    for (String key : map.names()) {
      boolean file = key.endsWith("_file");
      String base = file ? key.substring(0, key.length() - 5) : key;
      boolean mayBeFile =
          SECRETS.contains(base)
              || base.equals("slack_api_url")
              || base.equals("mattermost_webhook_url")
              || base.equals("smtp_auth_password")
              || base.equals("smtp_auth_secret");
      boolean known = SECRETS.contains(key) || URLS.contains(key) || (file && mayBeFile);
      boolean text = TEXTS.contains(key) || key.startsWith("smtp_auth_");
      if ((known || text) && !map.string(key, "").isEmpty()) {
        present.add(key);
      }
    }
    return present;
  }

  private static void checkSlack(YamlMap map, Map<String, String> texts, Set<String> present) {
    String app = texts.getOrDefault("slack_app_url", ReceiverReader.SLACK_APP_URL);
    boolean token = present.contains("slack_app_token") || present.contains("slack_app_token_file");
    boolean url = present.contains("slack_api_url") || present.contains("slack_api_url_file");
    if (token && url && !texts.getOrDefault("slack_api_url", "").equals(app)) {
      map.problem(
          "slack_api_url",
          "at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured");
    }
  }

  /// Whether one of these fields is there and not empty.
  boolean has(String... keys) {
    return java.util.Arrays.stream(keys).anyMatch(present::contains);
  }

  String text(String key, String byDefault) {
    return texts.getOrDefault(key, byDefault);
  }

  /// Reports what is no address of an HTTP server. `<secret>` and templates pass.
  static void checkUrl(YamlMap map, String key, String text) {
    if (text.isEmpty() || text.equals("<secret>") || text.contains("{{")) {
      return;
    }
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme();
      if (!scheme.equals("http") && !scheme.equals("https")) {
        map.problem(key, "unsupported scheme \"%s\" for URL".formatted(scheme));
      } else if (uri.getRawAuthority() == null || uri.getRawAuthority().isEmpty()) {
        map.problem(key, "missing host for URL");
      }
    } catch (URISyntaxException e) {
      // The address may carry a secret, so it is not repeated.
      map.problem(key, "not a valid URL: " + e.getReason());
    }
  }
}
