package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.config.Receiver;
import io.trivigil.config.http.SecretSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Finds templates of receivers that do not parse. Upstream finds out when it has to send; such a
/// file still loads here too, but with a warning.
public final class TemplateCheck {
  private TemplateCheck() {}

  /// One line for each template that does not parse.
  public static List<String> problems(AlertmanagerConfig config, Templates templates) {
    List<String> problems = new ArrayList<>();
    for (Receiver receiver : config.receivers().values()) {
      for (Integration integration : receiver.integrations()) {
        texts(integration)
            .forEach(
                (field, template) -> {
                  String problem = templates.problem(template);
                  if (!problem.isEmpty()) {
                    problems.add(
                        "receiver %s: %s[%d]: %s: %s"
                            .formatted(
                                receiver.name(),
                                integration.kind(),
                                integration.index(),
                                field,
                                problem));
                  }
                });
      }
    }
    return problems;
  }

  private static Map<String, String> texts(Integration integration) {
    Map<String, String> texts = new LinkedHashMap<>();
    switch (integration) {
      case Integration.Email email -> {
        texts.put("to", email.to());
        texts.put("from", email.from());
        texts.put("html", email.html());
        texts.put("text", email.text());
        email.headers().forEach((name, template) -> texts.put("headers." + name, template));
      }
      case Integration.Webhook webhook -> {
        texts.put("payload", webhook.payload());
        if (webhook.url() instanceof SecretSource.Inline(var url)) {
          texts.put("url", url.reveal());
        }
      }
      case Integration.Unsent _ -> {}
    }
    return texts;
  }
}
