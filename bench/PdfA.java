// Asks veraPDF's engine whether files are PDF/A-2b, and prints one line of JSON a file. Run by bench/pdf_a.py.

import java.io.FileInputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;

public class PdfA {
  private static final String RULES = "org/verapdf/pdfa/validation/PDFA-2B.xml";

  public static void main(String[] files) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    ValidationProfile rules =
        Profiles.profileFromXml(PdfA.class.getClassLoader().getResourceAsStream(RULES));
    for (String file : files) {
      try (PDFAParser parser =
          Foundries.defaultInstance().createParser(new FileInputStream(file), PDFAFlavour.PDFA_2_B)) {
        PDFAValidator validator = Foundries.defaultInstance().createValidator(rules, false);
        ValidationResult result = validator.validate(parser);
        Map<String, Integer> failed = new TreeMap<>();
        for (TestAssertion each : result.getTestAssertions()) {
          if (each.getStatus() == TestAssertion.Status.FAILED) {
            failed.merge(each.getRuleId().getClause() + "-" + each.getRuleId().getTestNumber(), 1, Integer::sum);
          }
        }
        StringBuilder told = new StringBuilder();
        failed.forEach((rule, times) -> told.append(told.length() > 0 ? ", " : "").append("\"" + rule + "\": " + times));
        System.out.println("{\"compliant\": " + result.isCompliant() + ", \"checks\": " + result.getTotalAssertions()
            + ", \"failed\": {" + told + "}}");
      }
    }
  }
}
