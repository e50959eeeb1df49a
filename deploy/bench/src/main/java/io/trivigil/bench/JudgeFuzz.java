package io.trivigil.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reads the differences that random expressions found, and says which are explained by a rule.
/// Exit code 1 if any is not.
///
/// Usage: `JudgeFuzz LEFT_URL RIGHT_URL FILE…`, while both servers still answer.
public final class JudgeFuzz {
  private JudgeFuzz() {}

  public static void main(String[] args) throws IOException {
    List<Explanation> rules =
        Explanation.all(new Extrapolation(new HttpServer(args[0]), new HttpServer(args[1])));
    ObjectMapper json = new ObjectMapper();
    Map<String, Integer> counts = new TreeMap<>();
    int unexplained = 0;
    for (String file : Arrays.asList(args).subList(2, args.length)) {
      for (String line : Files.readAllLines(Path.of(file))) {
        Difference difference = Difference.of(json.readTree(line));
        Optional<Explanation> why = explain(rules, difference);
        counts.merge(why.map(Explanation::name).orElse("UNEXPLAINED"), 1, Integer::sum);
        if (why.isEmpty()) {
          unexplained++;
          System.out.printf(
              "unexplained: %s%n  in %s%n  from %s to %s step %s%n  %s%n",
              difference.smallest(),
              difference.expression(),
              difference.start(),
              difference.end(),
              difference.step(),
              difference.details());
        }
      }
    }
    for (Explanation rule : rules) {
      System.out.printf(
          "%6d  %s: %s%n", counts.getOrDefault(rule.name(), 0), rule.name(), rule.reason());
    }
    System.out.printf("%d differences unexplained%n", unexplained);
    System.exit(unexplained == 0 ? 0 : 1);
  }

  static Optional<Explanation> explain(List<Explanation> rules, Difference difference) {
    return rules.stream().filter(rule -> rule.holds().test(difference)).findFirst();
  }
}
