"""What is asked about, and what is not: real formulas against slips of the keyboard."""

import pytest

from synthesis.chemistry.formulas import DoubtfulFormula, UnreadableFormula, read_formula
from synthesis.chemistry.recipe import load_shipped_chemicals

# Formulas as suppliers and papers print them, perovskites included: none of them is a slip.
REAL = """
PbBr2 PbCl2 PbI2 PbF2 PbO PbO2 Pb3O4 PbS PbSe PbTe PbSO4 PbCO3 Pb(NO3)2 Pb(OAc)2 Pb(OAc)2·3H2O
Pb(CH3COO)2·3H2O Pb(SCN)2 Pb(ClO4)2 Pb(C18H33O2)2 Pb(OH)2 CsI CsBr CsCl CsF CsOAc Cs2CO3 CsOH
CsOH·H2O CsNO3 Cs2SO4 CsHCO3 CsTFA CsI3 CsBr3 MnCl2 MnCl2·4H2O MnBr2 MnI2 MnO MnO2 Mn2O3 Mn3O4
KMnO4 MnCO3 Mn(OAc)2 Mn(OAc)2·4H2O MnSO4·H2O Mn(NO3)2·4H2O SnI2 SnI4 SnCl2 SnCl2·2H2O SnCl4
SnCl4·5H2O SnBr2 SnBr4 SnO SnO2 SnF2 SnF4 SnS SnSe Sn(OAc)4 SnC2O4 CaI2 CaI2·4H2O CaI2·6H2O CaBr2
CaBr2·2H2O CaCl2 CaCl2·2H2O CaCl2·6H2O CaF2 CaO CaCO3 Ca(OH)2 CaSO4 CaSO4·2H2O CaSO4·0.5H2O
Ca(NO3)2·4H2O CaC2 CaH2 CaO2 Ca3(PO4)2 Ca(OAc)2 Ca(acac)2 Ca(OCl)2 SrI2 SrBr2 SrCl2·6H2O SrTiO3
SrCO3 BaI2 BaBr2 BaCl2·2H2O BaCO3 BaTiO3 BaO2 Ba(OH)2·8H2O BaSO4 MgI2 MgBr2 MgCl2 MgCl2·6H2O MgO
MgSO4 MgSO4·7H2O Mg(OAc)2·4H2O Mg(NO3)2·6H2O ZnI2 ZnBr2 ZnCl2 ZnF2 ZnO ZnS ZnSe ZnTe ZnO2 Zn(OAc)2
Zn(OAc)2·2H2O Zn(CH3COO)2·2H2O Zn(NO3)2·6H2O ZnSO4·7H2O Zn(acac)2 Zn(OTf)2 ZnEt2 Zn(C18H35O2)2
ZnCO3 Zn(OH)2 CdO CdS CdSe CdTe CdCl2 CdCl2·2.5H2O CdBr2 CdI2 Cd(OAc)2 CdSO4 CdCO3 Cd(NO3)2·4H2O
HgCl2 HgI2 HgS HgO Hg2Cl2 BiI3 BiBr3 BiCl3 Bi2O3 Bi2S3 Bi2Te3 BiOCl BiOI Bi(NO3)3·5H2O SbI3 SbCl3
SbCl5 Sb2O3 Sb2O5 Sb2S3 Sb2Se3 InI3 InI InCl3 InBr3 In2O3 InP InAs InSb In(OAc)3 InN In2S3 GaI3
GaCl3 GaN GaAs GaP GaSb Ga2O3 TlI TlBr GeI2 GeI4 GeCl4 GeO2 AgI AgBr AgCl AgNO3 Ag2O Ag2S AgOAc
AgF CuI CuBr CuBr2 CuCl CuCl2 CuCl2·2H2O CuO Cu2O CuS Cu2S CuSCN CuCN CuSO4·5H2O Cu(OAc)2
Cu(OAc)2·H2O Cu(NO3)2·3H2O CuInS2 Cu2ZnSnS4 CuFeO2 CuCrO2 AuCl3 HAuCl4 HAuCl4·3H2O AuCl NiO NiO2
NiCl2 NiCl2·6H2O NiBr2 NiI2 Ni(NO3)2·6H2O Ni(OAc)2·4H2O NiSO4·6H2O Ni(OH)2 NiOOH Ni(acac)2 Ni2P
CoCl2 CoCl2·6H2O CoBr2 CoI2 Co3O4 CoO CoCO3 Co(NO3)2·6H2O Co(OAc)2·4H2O CoS2 CoSO4·7H2O Co(acac)3
FeCl2 FeCl3 FeCl3·6H2O FeCl2·4H2O Fe2O3 Fe3O4 FeO FeS FeS2 FeSO4·7H2O Fe(NO3)3·9H2O Fe(CO)5
K3Fe(CN)6 K4Fe(CN)6·3H2O Fe(acac)3 FeBr2 FeI2 FeOOH LiFePO4 MoO3 MoO2 MoS2 MoCl5 Na2MoO4·2H2O
(NH4)6Mo7O24·4H2O Mo(CO)6 WO3 WS2 WCl6 WO2.9 Na2WO4·2H2O V2O5 VO2 VCl3 VOSO4 NH4VO3 Cr2O3 CrO3
CrCl3·6H2O K2Cr2O7 K2CrO4 TiO2 TiCl4 TiCl3 TiN TiC Ti(OC3H7)4 Ti(OiPr)4 Ti(OBu)4 TiOSO4 TiF4 ZrO2
ZrCl4 ZrOCl2·8H2O HfO2 HfCl4 Nb2O5 NbCl5 LiNbO3 Ta2O5 TaCl5 RuO2 RuCl3 RuO4 PdCl2 Pd(OAc)2
Pd(PPh3)4 PtCl2 PtCl4 H2PtCl6 H2PtCl6·6H2O K2PtCl4 PtO2 IrCl3 IrO2 OsO4 Rh2O3 RhCl3 ReO3 LiF LiCl
LiBr LiI LiOH LiOH·H2O Li2CO3 LiNO3 Li2SO4 LiClO4 LiPF6 LiBF4 LiTFSI LiH LiAlH4 LiCoO2 LiMn2O4
LiNi0.8Mn0.1Co0.1O2 Li4Ti5O12 BuLi LiN(SiMe3)2 LiOAc Li3N Li2O NaF NaCl NaBr NaI NaOH Na2CO3
NaHCO3 NaNO3 NaNO2 Na2SO4 NaHSO4 Na2SO3 Na2S2O3 Na2S2O3·5H2O Na2S Na2S·9H2O NaBH4 NaH NaNH2 NaN3
NaCN NaSCN NaOAc NaOAc·3H2O CH3COONa C2H3NaO2 NaOEt NaOMe Na3PO4 Na2HPO4 NaH2PO4 Na2SiO3
Na2B4O7·10H2O NaIO4 NaClO NaClO2 NaClO3 Na2O2 Na2Se NaOCH3 HCOONa C18H33NaO2 NaBF4 Na3C6H5O7·2H2O
KF KCl KBr KI KOH K2CO3 KHCO3 KNO3 K2SO4 KSCN KCN KI3 KIO3 KClO3 KBrO3 KOAc KPF6 K2S2O8 KH KO2
KHF2 KH2PO4 RbI RbBr RbCl Rb2CO3 RbOAc RbNO3 AlCl3 AlCl3·6H2O Al2O3 Al(OH)3 AlN AlP Al(NO3)3·9H2O
Al2(SO4)3 Al(acac)3 AlI3 AlBr3 AlF3 Al(CH3)3 BN BP BF3 BCl3 BBr3 BI3 B2O3 H3BO3 B(OH)3 B4C NH3BH3
HCl HBr HI HF HNO3 H2SO4 H3PO4 HClO4 H2O2 H2O D2O HCN HSCN HIO3 HIO4 H5IO6 HPF6 HBF4 HCOOH CH3COOH
HOAc H2S H2Se PH3 NH3 AsH3 SiH4 N2H4 N2H4·H2O NH2OH·HCl HN3 H3PO3 H3PO2 HOCl NH4Cl NH4Br NH4I NH4F
NH4OH NH4NO3 NH4SCN NH4OAc NH4PF6 (NH4)2CO3 NH4HCO3 (NH4)2SO4 (NH4)2S NH4BF4 (NH4)2S2O8
(NH4)2Ce(NO3)6 NH4H2PO4 CO CO2 CS2 NO NO2 N2O N2O4 N2O5 SO2 SO3 SOCl2 SO2Cl2 S2Cl2 SCl2 SF6 PCl3
PCl5 POCl3 PBr3 P2O5 P4O10 P2S5 SiO2 SiCl4 SiC Si3N4 SiF4 SeO2 TeO2 I2 Br2 Cl2 N2 O2 O3 H2 He Ar S
S8 Se P4 C C60 C70 As2S3 As2O3 ICl IBr ICl3 CCl4 CBr4 CI4 CF4 NOCl XeF2 NF3 NI3 NCl3 Ag Al Au Cu
Co Ni Pt Pd In Sn Pb Cs Hf Os LaB6 La2O3 LaCl3 LaMnO3 La0.7Sr0.3MnO3 CeO2 CeCl3·7H2O Ce2(CO3)3
PrCl3 NdCl3 SmI2 EuCl3 EuI2 Eu2O3 GdCl3 Gd2O3 TbCl3 DyCl3 HoCl3 ErCl3 TmCl3 YbI2 YbCl3 YbCl3·6H2O
Yb2O3 LuCl3 YCl3 Y2O3 Y3Al5O12 YBa2Cu3O7 Yb(NO3)3·5H2O Er(OAc)3 ScCl3 Sc2O3 ThO2 UO2(NO3)2·6H2O
U3O8 SmCo5 Nb3Sn LaNi5 FeCo NiTi CsPbI3 CsPbBr3 CsPbCl3 CsPbIBr2 CsPbI2Br Cs4PbBr6 CsPb2Br5
Cs3Bi2I9 Cs2AgBiBr6 Cs2AgInCl6 Cs2SnI6 CsSnI3 CsGeI3 Cs3Sb2I9 Cs3Cu2I5 CsCu2I3 Cs2ZnBr4 Cs2NaInCl6
CsEuBr3 MAPbI3 MAPbBr3 MAPbCl3 FAPbI3 FAPbBr3 MASnI3 FASnI3 CH3NH3PbI3 CH3NH3PbBr3 HC(NH2)2PbI3
FA0.85MA0.15PbI2.55Br0.45 Cs0.05FA0.79MA0.16PbI2.49Br0.51 Cs0.17FA0.83Pb(I0.83Br0.17)3
Cs0.05(FA0.83MA0.17)0.95Pb(I0.83Br0.17)3 (PEA)2PbI4 PEA2PbI4 PEA2PbBr4 BA2PbI4 (BA)2(MA)2Pb3I10
BA2MAPb2I7 (C4H9NH3)2PbI4 CsPb0.9Ca0.1I3 CsPb0.95Mn0.05Cl3 CsPbI2.9 FAPb0.5Sn0.5I3 (CH3)2NH2PbI3
DMAPbI3 GAPbI3 FAI FABr FACl MAI MABr MACl GAI GABr BAI BABr PEAI PEABr PEACl EAI DMAI OctABr
OLABr OLAI TBABr DDABr TOABr NH4I FAOAc MAOAc CH5N2I CH6NBr CH5IN2 CH6IN CH6BrN CH6ClN C2H8IN
C4H12BrN C8H12IN C8H12BrN C8H20BrN C8H19N C16H33NH2 C18H37N C18H38ClN C18H34O2 C18H36 C26H56BrN
C16H36BrN C32H68BrN CH3NH2 C2H5NH3I C6H5CH2CH2NH3I CH3NH3I (C8H17)4NBr (C4H9)4NPF6 C3H7NO C2H6OS
C4H8O2 C3H6O C6H14 C7H8 CHCl3 CDCl3 C6D6 CD3OD CH2Cl2 C2H4Cl2 C6H5Cl C6H4Cl2 C2H6O C3H8O CH3OH
CH4O CH3CN C2H3N C4H8O C5H9NO C4H6O2 C3H6O2 C8H18 C10H22 C18H39O3P C24H51P C24H51OP P(C8H17)3 PPh3
Ph3P C18H15P C6H5COCl C7H5ClO C7H5BrO C6H5COBr CH3COCl PhCOCl (CH3)3SiCl C3H9ClSi C3H9BrSi C3H9ISi
(CH3)3SiI (TMS)2S [(CH3)3Si]2S C6H18SSi2 C6H18SeSi2 C36H24N2 C54H36N4 C45H30N6 C81H68N4O8 C72H14O2
C60H8 CH3OCH2CH2OH C6H5CH3 C6H6 EtOH MeOH EtOAc MeOAc Et2O Et3N PhMe PhCl iPrOH C12H26S C8H18S
C12H25SH CH4N2O CO(NH2)2 SC(NH2)2 CH4N2S C6H8O6 C6H12O6 C6H8O7 C8H8O3 C9H18NO C14H14N2O C10H10Fe
Fe(C5H5)2 C33H24IrN3 C27H18AlN3O3 C44H32P2 C14H10 C12H8N2 C26H20N2 CHI3 CH2I2 CH3I C2H5I C4H9I
C6H5I C2H5Br C6F6 C2Cl4 C2HCl3 CF3COOH CF3SO3H AgCF3COO (COOH)2 H2C2O4·2H2O C2H2O4 C3H9N·HCl
CH5N·HBr CH4N2·HCl C2H7NO3S C18H29NaO3S KC8 LiC6 NiCo2S4 ZnCo2O4 CuFe2O4 CoFe2O4 NaYF4 NaGdF4
K2SiF6 K2TiF6 H2SiF6 Na3AlF6 CaWO4 PbWO4 PbTiO3 PbZrO3 BiVO4 BiFeO3 ZnWO4 Zn2SnO4 In1.8Sn0.2O3
ZnAl2O4 MgAl2O4 Mo6Cl12 Ti3C2 Ti3AlC2 MoSe2 WSe2 Bi2Se3 PbSnI4 InCl GeSe SnTe SiGe CdCO3 Cs2Te3
NOBF4 CsHSO4 CsH2PO4 Pb(C2H5)4 PbCrO4 PbHPO4 Pb5(PO4)3OH
"""
# typed -> what was meant
SLIPS = {
    # capitals
    **{
        f"PB{rest}": f"Pb{rest}"
        for rest in ("I2", "Br2", "Cl2", "O", "S", "SO4", "(NO3)2", "(OAc)2")
    },
    **{f"SN{rest}": f"Sn{rest}" for rest in ("Cl2", "I2", "O2", "F2", "Cl4", "S")},
    **{f"CS{rest}": f"Cs{rest}" for rest in ("I", "Br", "2CO3", "OAc", "PbI3", "PBI3")},
    **{f"BI{rest}": f"Bi{rest}" for rest in ("I3", "Cl3", "Br3", "2O3")},
    **{f"CO{rest}": f"Co{rest}" for rest in ("Cl2", "Br2", "3O4", "(NO3)2", "(OAc)2", "SO4")},
    **{f"CU{rest}": f"Cu{rest}" for rest in ("I", "Br", "SO4", "SCN")},
    **{"MAPBI3": "MAPbI3", "FAPBBr3": "FAPbBr3", "CsPBI3": "CsPbI3", "CSPBI3": "CsPbI3"},
    **{"NICl2": "NiCl2", "NIO": "NiO", "INCl3": "InCl3", "INP": "InP", "SBCl3": "SbCl3"},
    **{"HFO2": "HfO2", "OSO4": "OsO4", "NBCl5": "NbCl5", "YBCl3": "YbCl3", "CDSe": "CdSe"},
    **{"BACl2": "BaCl2", "BATiO3": "BaTiO3", "GA2O3": "Ga2O3", "GACl3": "GaCl3", "BAI2": "BaI2"},
    **{
        "CaCo3": "CaCO3",
        "Cs2Co3": "Cs2CO3",
        "NaHCo3": "NaHCO3",
        "Co2": "CO2",
        "Pb(ScN)2": "Pb(SCN)2",
    },
    **{"COSe": "CoSe", "COTe": "CoTe", "CSPBCl3": "CsPbCl3"},
    # I, l and 1
    **{"HCI": "HCl", "NaCI": "NaCl", "PbCI2": "PbCl2", "CHCI3": "CHCl3", "C6H5CI": "C6H5Cl"},
    **{"SOCI2": "SOCl2", "AlCI3": "AlCl3", "CsPbCI3": "CsPbCl3", "MACI": "MACl", "KCIO3": "KClO3"},
    **{"MnCI2·4H2O": "MnCl2·4H2O", "C7H5CIO": "C7H5ClO", "FAl": "FAI", "(CH3)3SiCI": "(CH3)3SiCl"},
    **{"PbC12": "PbCl2", "NaC1": "NaCl", "CHC13": "CHCl3", "CsPbC13": "CsPbCl3", "HC1": "HCl"},
    **{"C12": "Cl2", "C6H66": "C6H6", "Na22CO33": "Na2CO3"},
    **{"Pb12": "PbI2", "Ca12": "CaI2", "CsPb13": "CsPbI3", "FAPb13": "FAPbI3", "Mn12": "MnI2"},
    # zero and O
    **{"Sn02": "SnO2", "Ti02": "TiO2", "Zn0": "ZnO", "Cs2C03": "Cs2CO3", "Na0H": "NaOH"},
    **{"Al203": "Al2O3", "Pb304": "Pb3O4", "V205": "V2O5", "H20": "H2O", "H202": "H2O2"},
    **{"C18H3402": "C18H34O2", "C2H60": "C2H6O", "CaI2·4H20": "CaI2·4H2O", "CH30H": "CH3OH"},
    **{"Pb(N03)2": "Pb(NO3)2", "ZnS04": "ZnSO4", "CsPbO.9CaO.1I3": "CsPb0.9Ca0.1I3"},
    # counts
    **{"PbI22": "PbI2", "CaI22": "CaI2", "CsPbI33": "CsPbI3", "CaCl22·2H2O": "CaCl2·2H2O"},
    **{"PbI3": "PbI2", "NaCl2": "NaCl", "CaI": "CaI2", "CsI2": "CsI", "FAPbI2": "FAPbI3"},
    **{"PbI5": "PbI2", "Zn2O": "ZnO", "ZnCl3": "ZnCl2", "Cs3CO3": "Cs2CO3", "AlO3": "Al2O3"},
    **{"Zn(OAc)3": "Zn(OAc)2", "FAI2": "FAI", "CsPbBr4": "CsPbBr3", "Pb(NO3)3": "Pb(NO3)2"},
    # a space before a number
    **{"CaI2 4H2O": "CaI2·4H2O", "MgCl2 6 H2O": "MgCl2·6H2O", "NaOH 2H2O": "NaOH·2H2O"},
    **{"Zn(OAc)2 2H2O": "Zn(OAc)2·2H2O", "Cs 2CO3": "Cs2CO3", "CaI2,4H2O": "CaI2·4H2O"},
}
UNREADABLE = {
    **{"Pbl2": "PbI2", "Cal2": "CaI2", "Csl": "CsI", "CsPbl3": "CsPbI3", "MAPbl3": "MAPbI3"},
    **{
        "AI2O3": "Al2O3",
        "pbi2": "PbI2",
        "koh": "KOH",
        "k2co3": "K2CO3",
        "NACL": "NaCl",
        "ZNO": "ZnO",
        "FECl3": "FeCl3",
    },
    **{"AGNO3": "AgNO3", "KoH": "KOH", "Pb(No3)2": "Pb(NO3)2", "cspbi3": "CsPbI3", "FA1": "FAI"},
}


@pytest.mark.parametrize("text", REAL.split())
def test_a_formula_as_it_is_printed_is_read_without_a_question(text):
    assert read_formula(text).molar_mass > 0


def test_every_chemical_that_ships_is_read_without_a_question():
    formulas = [one.formula for one in load_shipped_chemicals().values() if one.formula]
    assert formulas
    for text in formulas:
        assert read_formula(text).molar_mass > 0


@pytest.mark.parametrize(("typed", "meant"), SLIPS.items())
def test_a_slip_is_asked_about_and_the_sentence_says_how_to_write_what_is_meant(typed, meant):
    with pytest.raises(DoubtfulFormula) as asked:
        read_formula(typed)
    assert meant in str(asked.value)
    assert typed in str(asked.value)
    assert read_formula(meant).molar_mass > 0


@pytest.mark.parametrize(("typed", "meant"), UNREADABLE.items())
def test_what_cannot_be_read_is_refused_with_what_may_have_been_meant(typed, meant):
    with pytest.raises(
        UnreadableFormula, match=f"Did you mean {meant.replace('(', '.').replace(')', '.')}"
    ):
        read_formula(typed)


def test_both_readings_are_named_with_their_mass():
    with pytest.raises(DoubtfulFormula) as asked:
        read_formula("PBI2")
    # P 30.97 + B 10.81 + 2 I 126.904; Pb 207.2 + 2 I
    assert "PBI2 of P and B and I (295.6 g/mol)" in str(asked.value)
    assert "PbI2 of Pb and I (461.0 g/mol)" in str(asked.value)
    assert asked.value.readings == ("PbI2", "(PBI2)")


@pytest.mark.parametrize(
    "text", ["(PBI2)", "(COCl2)", "(PbI22)", "[HCI]", "(CaCo3)", "(Al203)", "(XeF22)"]
)
def test_in_brackets_a_formula_is_taken_as_it_stands(text):
    inside = text[1:-1]
    with pytest.raises(DoubtfulFormula):
        read_formula(inside)
    assert read_formula(text).molar_mass == read_formula(inside, ask=False).molar_mass


def test_a_bracket_at_each_end_is_no_bracket_about_the_whole():
    with pytest.raises(DoubtfulFormula, match="balance"):
        read_formula("(Pb)2(I)3")


def test_the_number_of_waters_stays_when_the_salt_is_asked_about():
    with pytest.raises(DoubtfulFormula, match=r"Write PbCl2·2H2O, or \(PBCl2\)·2H2O"):
        read_formula("PBCl2·2H2O")


def test_what_is_proposed_instead_of_a_zero_holds_no_other():
    with pytest.raises(DoubtfulFormula) as asked:
        read_formula("Fe0203")
    assert asked.value.readings == ()  # not Fe02O3


def test_an_abbreviation_stays_whole():
    with pytest.raises(DoubtfulFormula) as asked:
        read_formula("OLA2Br4")
    assert "OLa" not in str(asked.value)


@pytest.mark.parametrize("text", ["co" * 100, "cosnpbin" * 25])
def test_a_long_word_of_symbols_is_answered_at_once(text):
    with pytest.raises(UnreadableFormula):
        read_formula(text)
