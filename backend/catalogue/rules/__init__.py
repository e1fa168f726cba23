"""What a form (表单) asks and what an answer must look like; pure, standard library only.

1. ``conditions`` turns a condition (显示条件) from the closed list into one small function.
2. ``kinds`` knows every field type: how an answer is tidied and what makes it wrong.
3. ``form`` compiles a form once and then examines answers: which fields are visible, which are
   required, what remains after cleaning, and every error at once, each with its JSON pointer.

The same rules run in the citizens' app and in the mini-program;
``tests/vectors/forms.json`` is run by all three and settles every doubt.
"""

from backend.catalogue.rules.conditions import referred_fields
from backend.catalogue.rules.form import CompiledForm, Examined, compile_form
from backend.catalogue.rules.kinds import FIELD_TYPES, doubtful_uscc, is_id_number

__all__ = [
    "FIELD_TYPES",
    "CompiledForm",
    "Examined",
    "compile_form",
    "doubtful_uscc",
    "is_id_number",
    "referred_fields",
]
