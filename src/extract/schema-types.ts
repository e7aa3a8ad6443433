import type { ItemKind } from './item.ts';

/**
 * Event and all its subtypes in schema.org's vocabulary, superseded names included. EventSeries is among
 * them: a series has a name, dates and a place of its own and is announced like an event. The subtypes of
 * UserInteraction (UserLikes, UserComments …) are left out: they count clicks and are nothing to go to.
 */
export const eventTypes: ReadonlySet<string> = names(`
  BroadcastEvent BusinessEvent ChildrensEvent ComedyEvent ConferenceEvent CourseInstance DanceEvent
  DeliveryEvent EducationEvent Event EventSeries ExhibitionEvent Festival FoodEvent Hackathon
  LiteraryEvent MusicEvent OnDemandEvent PerformingArtsEvent PublicationEvent SaleEvent ScreeningEvent
  SocialEvent SportsEvent TheaterEvent VisualArtsEvent
`);

/** Place and all its subtypes in schema.org's vocabulary: local businesses, civic structures, landforms … */
export const placeTypes: ReadonlySet<string> = names(`
  Accommodation AccountingService AdministrativeArea AdultEntertainment Airport AmusementPark
  AnimalShelter Apartment ApartmentComplex Aquarium ArchiveOrganization ArtGallery Attorney Audiology
  AutoBodyShop AutoDealer AutoPartsStore AutoRental AutoRepair AutoWash AutomatedTeller
  AutomotiveBusiness Bakery BankOrCreditUnion BarOrPub Beach BeautySalon BedAndBreakfast BikeStore
  BoatTerminal BodyOfWater BookStore BowlingAlley Brewery Bridge BuddhistTemple BusStation BusStop
  CafeOrCoffeeShop Campground CampingPitch Canal Casino CatholicChurch Cemetery ChildCare Church City
  CityHall CivicStructure ClothingStore CollegeOrUniversity ComedyClub CommunityHealth ComputerStore
  Continent ConvenienceStore Country Courthouse CovidTestingFacility Crematorium DaySpa
  DefenceEstablishment DefinedRegion Dentist DepartmentStore Dermatology DietNutrition Distillery
  DryCleaningOrLaundry EducationalOrganization Electrician ElectronicsStore ElementarySchool Embassy
  Emergency EmergencyService EmploymentAgency EntertainmentBusiness EventVenue ExerciseGym
  FastFoodRestaurant FinancialService FireStation Florist FoodEstablishment FurnitureStore GardenStore
  GasStation GatedResidenceCommunity GeneralContractor Geriatric GolfCourse GovernmentBuilding
  GovernmentOffice GroceryStore Gynecologic HVACBusiness HairSalon HardwareStore HealthAndBeautyBusiness
  HealthClub HighSchool HinduTemple HobbyShop HomeAndConstructionBusiness HomeGoodsStore Hospital Hostel
  Hotel HotelRoom House HousePainter IceCreamShop IndividualPhysician InsuranceAgency InternetCafe
  JewelryStore LakeBodyOfWater Landform LandmarksOrHistoricalBuildings LegalService LegislativeBuilding
  Library LiquorStore LocalBusiness Locksmith LodgingBusiness MedicalBusiness MedicalClinic MeetingRoom
  MensClothingStore MiddleSchool Midwifery MobilePhoneStore Mosque Motel MotorcycleDealer
  MotorcycleRepair Mountain MovieRentalStore MovieTheater MovingCompany Museum MusicStore MusicVenue
  NailSalon NightClub Notary Nursing Obstetric OceanBodyOfWater OfficeEquipmentStore Oncologic
  Ophthalmology Optician Optometric Otolaryngologic OutletStore Park ParkingFacility PawnShop Pediatric
  PerformingArtsTheater PetStore Pharmacy Physician PhysiciansOffice Physiotherapy Place PlaceOfWorship
  PlasticSurgery Playground Plumber Podiatric PoliceStation Pond PostOffice Preschool PrimaryCare
  ProfessionalService Psychiatric PublicHealth PublicSwimmingPool PublicToilet RVPark RadioStation
  RealEstateAgent RecyclingCenter Reservoir Residence Resort Restaurant RiverBodyOfWater
  RoofingContractor Room School SchoolDistrict SeaBodyOfWater SelfStorage ShoeStore ShoppingCenter
  SingleFamilyResidence SkiResort SportingGoodsStore SportsActivityLocation SportsClub StadiumOrArena
  State Store SubwayStation Suite Synagogue TattooParlor TaxiStand TelevisionStation TennisComplex
  TireShop TouristAttraction TouristDestination TouristInformationCenter ToyStore TrainStation
  TravelAgency VacationRental Volcano Waterfall WholesaleStore Winery Zoo
`);

/**
 * Says whether a schema.org entity is an event or a place, by its types.
 *
 * @param types local names without the vocabulary's address, as in `Thing['@type']`
 * @returns `event` if any type is Event-like (an event that is also typed as a place is an event),
 *   else `place` if any is Place-like, else null
 */
export function kindOfThing(types: readonly string[]): ItemKind | null {
  if (types.some((type) => eventTypes.has(type))) return 'event';
  if (types.some((type) => placeTypes.has(type))) return 'place';
  return null;
}

function names(list: string): Set<string> {
  return new Set(list.trim().split(/\s+/));
}
