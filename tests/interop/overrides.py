# The X.500 addresses of the users that a suite's configuration names: overrides.py CONFIGURATION DN_JSON
import json
import re
import sys

with open(sys.argv[1], encoding="utf-8-sig") as file:
    properties = dict(re.findall(r'<Property\s+name\s*=\s*"([^"]+)"\s+value\s*=\s*"([^"]*)"', file.read()))
with open(sys.argv[2], encoding="utf-8") as file:
    dn = {row["Name"].lower(): row["LegacyExchangeDN"] for row in json.load(file)}

for name in properties:
    if "essdn" not in name.lower():
        continue
    base = re.sub("(?i)essdn", "", name)
    guesses = [base + "Name", base, base.replace("Test", "") + "Name", re.sub("^User", "UserName", base), "AdminUserName", "UserName"]
    for guess in guesses:
        if properties.get(guess, "").lower() in dn:
            print(name, dn[properties[guess].lower()], sep="\t")
            break
