package io.trivigil.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// The text of a configuration file as everybody may see it: with `<secret>` where secrets stand,
/// everything else, comments and order included, as it was written. Secrets are found by the parsed
/// document, so that quotes, flow style, anchors and texts over many lines do not hide them.
///
/// @param text what may be shown
/// @param secrets the secrets in their order; to tell whether they changed, never to be shown
public record SecretText(String text, List<String> secrets) {
  /// Stands where a secret stood.
  public static final String SHOWN = "<secret>";

  /// Stands for a file that can not be parsed, so that it is not known what of it is secret.
  public static final String UNREADABLE = "# not shown: this file is not valid YAML\n";

  private static final Set<String> KEYS =
      Set.of(
          "password",
          "passphrase",
          "credentials",
          "secret",
          "secrets",
          "token",
          "key",
          "api_key",
          "token_id",
          "bot_token",
          "user_key",
          "access_key",
          "service_key",
          "routing_key",
          "service_account_key",
          "client_certificate_key",
          "webhook_url",
          "api_url",
          "rocketchat_token_id",
          "proxy_connect_header");

  // `smtp_auth_password`, `opsgenie_api_key`, `mattermost_webhook_url`; but not `password_file`.
  private static final List<String> ENDINGS =
      List.of("_password", "_secret", "_token", "_api_key", "_webhook_url", "slack_api_url");

  private static final Pattern LOGIN = Pattern.compile("(://[^/\\s:@\"']*:)([^/\\s@\"']+)(?=@)");
  private static final Pattern COMMENTED =
      Pattern.compile(
          "(?m)(#.*?("
              + KEYS.stream().sorted().collect(Collectors.joining("|"))
              + ")[\"']?\\s*:\\s*)(\\S.*)$");

  /// A part of the text that is a secret; code points, the end excluded.
  private record Range(int from, int to, String value) {}

  public SecretText {
    secrets = List.copyOf(secrets);
  }

  /// Reads a YAML file. Text that is no YAML gives [#UNREADABLE].
  public static SecretText ofYaml(String text) {
    LoadSettings settings =
        LoadSettings.builder().setUseMarks(true).setCodePointLimit(64 << 20).build();
    List<Range> ranges = new ArrayList<>();
    try {
      for (Node document : new Compose(settings).composeAllFromString(text)) {
        find(document, false, "", ranges);
      }
    } catch (YamlEngineException e) {
      return new SecretText(UNREADABLE, List.of(text));
    }
    ranges.sort(Comparator.comparingInt(Range::from));
    StringBuilder out = new StringBuilder(text.length());
    List<String> secrets = new ArrayList<>();
    int[] points = text.codePoints().toArray();
    int at = 0;
    for (Range range : ranges) {
      if (range.from() >= at) { // an alias shows its anchor's range again
        out.append(open(new String(points, at, range.from() - at), secrets)).append(SHOWN);
        secrets.add(range.value());
        boolean lineEnd = range.to() > range.from() && points[range.to() - 1] == '\n';
        out.append(lineEnd ? "\n" : "");
        at = range.to();
      }
    }
    out.append(open(new String(points, at, points.length - at), secrets));
    return new SecretText(out.toString(), secrets);
  }

  /// Text without secret keys; addresses may hold a log-in, and comments what was a key once.
  private static String open(String text, List<String> secrets) {
    Matcher logins = LOGIN.matcher(text);
    while (logins.find()) {
      secrets.add(logins.group(2));
    }
    String shown = LOGIN.matcher(text).replaceAll("$1" + SHOWN);
    return COMMENTED.matcher(shown).replaceAll("$1" + SHOWN);
  }

  private static void find(Node node, boolean secret, String within, List<Range> out) {
    switch (node) {
      case MappingNode map -> {
        for (NodeTuple field : map.getValue()) {
          String key = field.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
          find(field.getValueNode(), secret || isSecret(key, within), key, out);
        }
      }
      case SequenceNode list -> list.getValue().forEach(item -> find(item, secret, within, out));
      case ScalarNode scalar when secret && !scalar.getValue().isEmpty() ->
          out.add(
              new Range(
                  index(scalar.getStartMark()), index(scalar.getEndMark()), scalar.getValue()));
      default -> {
        // Nothing to hide, or an alias of what is found at its anchor.
      }
    }
  }

  private static int index(java.util.Optional<Mark> mark) {
    return mark.orElseThrow(() -> new IllegalStateException("YAML was read without marks"))
        .getIndex();
  }

  private static boolean isSecret(String key, String within) {
    return KEYS.contains(key)
        || ENDINGS.stream().anyMatch(key::endsWith)
        || (key.equals("url") && within.equals("webhook_configs"));
  }
}
