package io.trivigil.alertmanager.config;

import io.trivigil.config.YamlMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Reads the receivers that are not sent yet: their fields and upstream's checks.
final class UnsentReader {
  /// Fields beside `send_resolved` and `http_config`.
  private static final Map<String, List<String>> FIELDS =
      Map.ofEntries(
          fields(
              "slack",
              "api_url api_url_file app_token app_token_file app_url channel username color title title_link"
                  + " pretext text message_text fields short_fields footer fallback callback_id icon_emoji"
                  + " icon_url image_url thumb_url link_names mrkdwn_in actions update_message timeout"),
          fields(
              "pagerduty",
              "service_key service_key_file routing_key routing_key_file url client client_url description"
                  + " details images links source severity class component group timeout"),
          fields(
              "opsgenie",
              "api_key api_key_file api_url message description source details entity responders actions tags"
                  + " note priority update_alerts"),
          fields(
              "victorops",
              "api_key api_key_file api_url routing_key message_type state_message entity_display_name"
                  + " monitoring_tool custom_fields"),
          fields(
              "pushover",
              "user_key user_key_file token token_file title message url url_title device sound priority retry"
                  + " expire ttl html monospace"),
          fields(
              "wechat",
              "api_secret api_secret_file corp_id message api_url to_user to_party to_tag agent_id message_type"),
          fields(
              "sns", "api_url sigv4 topic_arn phone_number target_arn subject message attributes"),
          fields(
              "telegram",
              "api_url bot_token bot_token_file chat_id chat_id_file message_thread_id message"
                  + " disable_notifications parse_mode"),
          fields(
              "discord", "webhook_url webhook_url_file content title message username avatar_url"),
          fields("webex", "api_url message room_id"),
          fields("msteams", "webhook_url webhook_url_file title summary text"),
          fields("msteamsv2", "webhook_url webhook_url_file title text"),
          fields(
              "jira",
              "api_url api_type project summary description labels priority issue_type reopen_transition"
                  + " resolve_transition wont_fix_resolution reopen_duration fields custom_fields"),
          fields(
              "incidentio",
              "url url_file alert_source_token alert_source_token_file max_alerts timeout metadata"),
          fields(
              "rocketchat",
              "api_url token_id token_id_file token token_file channel color title title_link text fields"
                  + " short_fields emoji icon_url image_url thumb_url link_names actions"),
          fields(
              "mattermost",
              "webhook_url webhook_url_file channel username text icon_url icon_emoji fallback color pretext"
                  + " author_name author_link author_icon title title_link fields thumb_url footer footer_icon"
                  + " image_url attachments type props priority"));

  private UnsentReader() {}

  private static Map.Entry<String, List<String>> fields(String kind, String names) {
    return Map.entry(kind, List.of(names.split(" ")));
  }

  /// Whether this kind is told of ends by default.
  static boolean sendsResolved(String kind) {
    return switch (kind) {
      case "slack", "wechat", "rocketchat" -> false;
      default -> true;
    };
  }

  static void read(String kind, YamlMap map, Globals globals, Path folder) {
    for (String field : FIELDS.getOrDefault(kind, List.of())) {
      map.accept(field);
      if (field.endsWith("_file")) {
        String key = field.substring(0, field.length() - 5);
        if (has(map, key) && has(map, field)) {
          map.problem(field, "at most one of %s & %s must be configured".formatted(key, field));
        }
      }
      if (field.equals("api_url") || field.equals("webhook_url")) {
        map.string(field).ifPresent(text -> Globals.checkUrl(map, field, text));
      }
    }
    ReceiverReader.http(map, globals, folder);
    switch (kind) {
      case "rocketchat",
          "mattermost",
          "incidentio",
          "jira",
          "webex",
          "discord",
          "msteams",
          "msteamsv2" ->
          chat(kind, map, globals);
      case "slack" -> slack(map, globals);
      case "pagerduty" -> {
        if (none(map, "service_key", "service_key_file", "routing_key", "routing_key_file")) {
          map.problem("routing_key", "missing service or routing key in PagerDuty config");
        }
      }
      case "opsgenie" ->
          orGlobal(
              map,
              globals,
              "api_key",
              "opsgenie_api_key",
              "no global OpsGenie API Key set either inline or in a file");
      case "victorops" -> victorOps(map, globals);
      case "pushover" -> pushover(map);
      case "wechat" -> wechat(map, globals);
      case "sns" -> {
        // Upstream's rule as it stands there: two exclusive ors.
        boolean topic = has(map, "target_arn") != has(map, "topic_arn");
        if (topic == has(map, "phone_number")) {
          map.problem(
              "topic_arn",
              "must provide either a Target ARN, Topic ARN, or Phone Number for SNS config");
        }
      }
      case "telegram" -> telegram(map, globals);
      default -> throw new IllegalArgumentException("unknown kind of receiver: " + kind);
    }
  }

  private static void chat(String kind, YamlMap map, Globals globals) {
    switch (kind) {
      case "discord", "msteams", "msteamsv2" -> {
        if (none(map, "webhook_url", "webhook_url_file")) {
          map.problem("webhook_url", "one of webhook_url or webhook_url_file must be configured");
        }
      }
      case "webex" -> require(map, "room_id", "missing room_id on webex_config");
      case "jira" -> {
        require(map, "project", "missing project in jira_config");
        require(map, "issue_type", "missing issue_type in jira_config");
        if (!has(map, "api_url") && !globals.has("jira_api_url")) {
          map.problem("api_url", "no global Jira Cloud URL set");
        }
      }
      case "incidentio" -> {
        if (none(map, "url", "url_file")) {
          map.problem("url", "one of url or url_file must be configured");
        }
      }
      case "rocketchat" -> {
        orGlobal(
            map,
            globals,
            "token_id",
            "rocketchat_token_id",
            "no global Rocketchat TokenID set either inline or in a file");
        orGlobal(
            map,
            globals,
            "token",
            "rocketchat_token",
            "no global Rocketchat Token set either inline or in a file");
      }
      case "mattermost" ->
          orGlobal(
              map,
              globals,
              "webhook_url",
              "mattermost_webhook_url",
              "missing webhook_url or webhook_url_file on mattermost_config");
      default -> throw new IllegalArgumentException("unknown kind of receiver: " + kind);
    }
  }

  private static void slack(YamlMap map, Globals globals) {
    boolean url = has(map, "api_url") || has(map, "api_url_file");
    boolean token = has(map, "app_token") || has(map, "app_token_file");
    boolean global =
        globals.has(
            "slack_api_url", "slack_api_url_file", "slack_app_token", "slack_app_token_file");
    if (url && token) {
      map.problem(
          "app_token",
          "at most one of app_token/app_token_file & api_url/api_url_file must be configured");
    }
    if (!url && !token && !global) {
      map.problem("api_url", "no Slack API URL nor App token set either inline or in a file");
    }
    String app = globals.text("slack_app_url", ReceiverReader.SLACK_APP_URL);
    boolean toApp =
        token
            || (url
                ? map.string("api_url", "").equals(app)
                : globals.has("slack_app_token", "slack_app_token_file")
                    || globals.text("slack_api_url", "").equals(app));
    if (map.bool("update_message", false) && !toApp) {
      map.problem(
          "update_message",
          "update_message can only be used with bot tokens. api_url must be set to " + app);
    }
  }

  private static void victorOps(YamlMap map, Globals globals) {
    require(map, "routing_key", "missing Routing key in VictorOps config");
    orGlobal(map, globals, "api_key", "victorops_api_key", "no global VictorOps API Key set");
    Map<String, String> custom = map.stringMap("custom_fields");
    for (String reserved :
        List.of(
            "routing_key",
            "message_type",
            "state_message",
            "entity_display_name",
            "monitoring_tool",
            "entity_id",
            "entity_state")) {
      if (custom.containsKey(reserved)) {
        map.problem(
            "custom_fields",
            "victorOps config contains custom field %s which cannot be used as it conflicts with the fixed/static fields"
                .formatted(reserved));
      }
    }
  }

  private static void pushover(YamlMap map) {
    if (none(map, "user_key", "user_key_file")) {
      map.problem("user_key", "one of user_key or user_key_file must be configured");
    }
    if (none(map, "token", "token_file")) {
      map.problem("token", "one of token or token_file must be configured");
    }
    if (map.bool("html", false) && map.bool("monospace", false)) {
      map.problem("monospace", "at most one of monospace & html must be configured");
    }
  }

  private static void wechat(YamlMap map, Globals globals) {
    orGlobal(
        map,
        globals,
        "api_secret",
        "wechat_api_secret",
        "no global Wechat Api Secret set either inline or in a file");
    if (!has(map, "corp_id") && globals.text("wechat_api_corp_id", "").isEmpty()) {
      map.problem("corp_id", "no global Wechat CorpID set");
    }
    String type = map.string("message_type", "text");
    if (!type.equals("text") && !type.equals("markdown")) {
      map.problem(
          "message_type",
          "weChat message type \"%s\" does not match valid options ^(text|markdown)$"
              .formatted(type));
    }
  }

  private static void telegram(YamlMap map, Globals globals) {
    orGlobal(
        map,
        globals,
        "bot_token",
        "telegram_bot_token",
        "missing bot_token or bot_token_file on telegram_config");
    if (none(map, "chat_id", "chat_id_file")) {
      map.problem("chat_id", "missing chat_id or chat_id_file on telegram_config");
    }
    if (!List.of("", "Markdown", "MarkdownV2", "HTML").contains(map.string("parse_mode", "HTML"))) {
      map.problem(
          "parse_mode",
          "unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string");
    }
  }

  private static void orGlobal(
      YamlMap map, Globals globals, String key, String global, String problem) {
    if (none(map, key, key + "_file") && !globals.has(global, global + "_file")) {
      map.problem(key, problem);
    }
  }

  private static void require(YamlMap map, String key, String problem) {
    if (!has(map, key)) {
      map.problem(key, problem);
    }
  }

  private static boolean has(YamlMap map, String key) {
    return map.value(key).filter(v -> !v.isScalar() || !v.text().isEmpty()).isPresent();
  }

  private static boolean none(YamlMap map, String... keys) {
    return java.util.Arrays.stream(keys).noneMatch(key -> has(map, key));
  }
}
