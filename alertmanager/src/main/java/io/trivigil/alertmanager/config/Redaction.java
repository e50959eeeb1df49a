package io.trivigil.alertmanager.config;

import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import io.trivigil.model.Names;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Writes a configuration anew with `<secret>` where secrets stood: what the API and the UI show,
/// and what `amtool` reads.
final class Redaction {
  private static final String SECRET = "<secret>";

  // java.util.regex, for it runs over our own operator's file.
  private static final Pattern SERVER =
      Pattern.compile(
          "(https?://)(?:[^/?#@]*@)?([A-Za-z0-9.-]+(?::[0-9]+)?|\\[[0-9A-Fa-f:]+\\](?::[0-9]+)?)(?=[/?#]|$)");

  private static final Set<String> SECRETS =
      Set.of(
          "smtp_auth_password",
          "smtp_auth_secret",
          "auth_password",
          "auth_secret",
          "password",
          "bearer_token",
          "credentials",
          "client_secret",
          "client_certificate_key",
          "key",
          "secrets",
          "slack_api_url",
          "slack_app_token",
          "app_token",
          "opsgenie_api_key",
          "victorops_api_key",
          "api_key",
          "wechat_api_secret",
          "api_secret",
          "telegram_bot_token",
          "bot_token",
          "rocketchat_token",
          "rocketchat_token_id",
          "token",
          "token_id",
          "mattermost_webhook_url",
          "webhook_url",
          "service_key",
          "user_key",
          "access_key",
          "secret_key",
          "alert_source_token");

  private final StringBuilder out = new StringBuilder();
  private final Problems ignored = new Problems();

  private Redaction() {}

  static String redact(YamlValue document) {
    Redaction redaction = new Redaction();
    redaction.map(document, 0, "");
    return redaction.out.toString();
  }

  private static boolean isSecret(String key, String within) {
    return switch (key) {
      case "url" -> within.equals("webhook_configs");
      case "api_url" -> within.equals("slack_configs");
      case "routing_key" -> within.equals("pagerduty_configs");
      default -> SECRETS.contains(key);
    };
  }

  private void map(YamlValue value, int indent, String within) {
    YamlMap fields = value.map("", ignored);
    boolean first = true;
    for (String key : fields.names()) {
      // The first field of a list's item stands behind its dash.
      out.append(
          first && out.length() > 0 && out.charAt(out.length() - 1) == ' '
              ? ""
              : " ".repeat(indent));
      first = false;
      out.append(Names.isClassicLabelName(key) ? key : Names.quote(key)).append(':');
      if (fields.value(key).isEmpty()) {
        out.append('\n');
        continue;
      }
      YamlValue field = fields.value(key).get();
      if (isSecret(key, within)) {
        String shown = key.equals("url") ? withoutPath(field.text()) : SECRET;
        out.append(field.isList() ? " [" + SECRET + "]" : " " + shown).append('\n');
      } else {
        value(field, indent, field.isList() ? key : within);
      }
    }
  }

  // amtool before 0.26 wants a webhook's URL to be one; tokens stand behind the host.
  private static String withoutPath(String url) {
    Matcher server = SERVER.matcher(url);
    return server.lookingAt() ? server.group(1) + server.group(2) + "/" + SECRET : SECRET;
  }

  private void value(YamlValue value, int indent, String within) {
    if (value.isMap()) {
      if (value.map("", ignored).names().isEmpty()) {
        out.append(" {}\n");
        return;
      }
      out.append('\n');
      map(value, indent + 2, within);
    } else if (value.isList()) {
      List<YamlValue> items = value.items(ignored);
      out.append(items.isEmpty() ? " []\n" : "\n");
      for (YamlValue item : items) {
        out.append(" ".repeat(indent)).append('-');
        if (item.isMap() && !item.map("", ignored).names().isEmpty()) {
          out.append(' ');
          map(item, indent + 2, within);
        } else {
          value(item, indent + 2, within);
        }
      }
    } else {
      out.append(' ').append(scalar(value)).append('\n');
    }
  }

  private static String scalar(YamlValue value) {
    String text = value.text();
    boolean simple = value.isPlain() && !text.isEmpty() && text.indexOf('\n') < 0;
    return value.isNull() ? "null" : simple ? text : quote(text);
  }

  // YAML's double quotes know all escapes that are written here.
  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> {
                  if (c < 0x20 || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029) {
                    quoted.append("\\u%04x".formatted(c));
                  } else {
                    quoted.appendCodePoint(c);
                  }
                }
              }
            });
    return quoted.append('"').toString();
  }
}
